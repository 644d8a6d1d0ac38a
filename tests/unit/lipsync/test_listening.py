"""Sound alone moves the mouth, and noise does not."""

import numpy as np
import pytest

from pipeline import errors
from pipeline.lipsync import listening
from tests.measure import sounds

RATE_HZ = sounds.RATE_HZ
syllables = sounds.speechlike


@pytest.mark.parametrize("kind", ["silence", *sounds.no_speech()])
def test_what_is_no_voice_is_no_speech(kind: str) -> None:
    sound = sounds.pcm(sounds.no_speech().get(kind, np.zeros(2 * RATE_HZ)))

    with pytest.raises(errors.NoSpeechFound):
        listening.mouth_track(sound, RATE_HZ, len(sound) / RATE_HZ, 25)


@pytest.mark.parametrize("kind", ["white noise", "hum", "piano chords", "drums"])
def test_the_mouth_rests_while_something_else_sounds_after_the_speech(kind: str) -> None:
    speech = syllables()
    other = sounds.pcm(sounds.no_speech()[kind], 1500.0)[: 4 * RATE_HZ]
    sound = np.concatenate([speech, other])

    track = listening.mouth_track(sound, RATE_HZ, len(sound) / RATE_HZ, 25)

    assert track.gap[: 25 * 2].mean() > 0.02
    assert track.gap[25 * 4 :].max() < 0.02


def test_a_click_is_no_speech() -> None:
    with pytest.raises(errors.NoSpeechFound):
        listening.mouth_track(np.full(100, 9000, np.int16), RATE_HZ, 0.1, 25)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 48_000])
def test_the_mouth_opens_in_syllables_and_closes_between_them(rate_hz: int) -> None:
    track = listening.mouth_track(syllables(rate_hz), rate_hz, 2.4, 25)

    on = [int((0.32 + 0.4 * i - 0.05) * 25) for i in range(5)]
    off = [int((0.5 + 0.4 * i - 0.05) * 25) for i in range(4)]
    assert len(track) == 60
    assert track.gap[on].min() > track.gap[off].max() + 0.01
    assert track.gap[on].min() > 0.05
    assert track.gap[0] == track.gap[-1] == 0.0


def test_loudness_changes_little() -> None:
    loud = listening.mouth_track(syllables(level=20_000), RATE_HZ, 2.4, 25)
    quiet = listening.mouth_track(syllables(level=600), RATE_HZ, 2.4, 25)

    assert np.abs(loud.gap - quiet.gap).max() < 0.02


def test_speech_in_noise_is_still_speech() -> None:
    noise = np.random.default_rng(2).normal(0.0, 150.0, len(syllables()))

    track = listening.mouth_track((syllables() + noise).astype(np.int16), RATE_HZ, 2.4, 25)

    assert track.gap.std() > 0.02
