"""Sound alone moves the mouth, and noise does not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import errors
from pipeline.lipsync import listening

RATE_HZ = 16_000
Sound = NDArray[np.int16]


def syllables(rate_hz: int = RATE_HZ, loudness: float = 6000.0) -> Sound:
    """Five vowels of 0.2 s, 0.2 s apart: harmonics of 120 Hz under two formants."""
    time_s = np.arange(int(2.4 * rate_hz)) / rate_hz
    sound = np.zeros(len(time_s))
    for hertz in range(120, 3600, 120):
        power = np.exp(-(((hertz - 650) / 250) ** 2)) + 0.5 * np.exp(
            -(((hertz - 1500) / 300) ** 2)
        )
        sound += power * np.sin(2 * np.pi * hertz * time_s)
    on = ((time_s % 0.4) > 0.2) & (time_s > 0.2) & (time_s < 2.2)
    result: Sound = (loudness * on * sound / np.abs(sound).max()).astype(np.int16)
    return result


def steady(kind: str) -> Sound:
    count = 2 * RATE_HZ
    time_s = np.arange(count) / RATE_HZ
    noise = np.random.default_rng(1).normal(0.0, 1.0, count)
    match kind:
        case "silence":
            sound = np.zeros(count)
        case "tone":
            sound = np.sin(2 * np.pi * 440 * time_s)
        case "white noise":
            sound = 0.3 * noise
        case "hum and hiss":
            sound = np.sin(2 * np.pi * 50 * time_s) + 0.02 * noise
        case "tone between silences":
            sound = np.sin(2 * np.pi * 440 * time_s) * (np.abs(time_s - 1.0) < 0.6)
        case _:
            raise AssertionError(kind)
    return (8000 * sound).clip(-32000, 32000).astype(np.int16)


@pytest.mark.parametrize(
    "kind", ["silence", "tone", "tone between silences", "white noise", "hum and hiss"]
)
def test_steady_sounds_are_no_speech(kind: str) -> None:
    with pytest.raises(errors.NoSpeechFound):
        listening.mouth_track(steady(kind), RATE_HZ, 2.0, 25)


def test_a_click_is_no_speech() -> None:
    with pytest.raises(errors.NoSpeechFound):
        listening.mouth_track(np.full(100, 9000, np.int16), RATE_HZ, 0.1, 25)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 48_000])
def test_the_mouth_opens_in_syllables_and_closes_between_them(rate_hz: int) -> None:
    track = listening.mouth_track(syllables(rate_hz), rate_hz, 2.4, 25)

    on = [int((0.3 + 0.4 * i - 0.05) * 25) for i in range(5)]
    off = [int((0.5 + 0.4 * i - 0.05) * 25) for i in range(4)]
    assert len(track) == 60
    assert track.gap[on].min() > 0.05
    assert track.gap[off].max() < 0.02
    assert track.gap[0] == track.gap[-1] == 0.0


def test_loudness_changes_little() -> None:
    loud = listening.mouth_track(syllables(loudness=20_000), RATE_HZ, 2.4, 25)
    quiet = listening.mouth_track(syllables(loudness=600), RATE_HZ, 2.4, 25)

    assert np.abs(loud.gap - quiet.gap).max() < 0.02


def test_speech_in_noise_is_still_speech() -> None:
    noise = np.random.default_rng(2).normal(0.0, 150.0, len(syllables()))

    track = listening.mouth_track((syllables() + noise).astype(np.int16), RATE_HZ, 2.4, 25)

    assert track.gap.std() > 0.02
