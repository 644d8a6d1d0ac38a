"""Speech comes out at one level and never clips."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.speech.loudness import CEILING_DB, TARGET_DB, levelled, speech_level_db

RATE_HZ = 22_050


def syllables(peak: float, seconds: float = 3.0) -> NDArray[np.int16]:
    """Noise that swells four times a second, with a second of silence on both sides."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    noise = np.random.default_rng(7).normal(0, 0.25, len(times)).clip(-1, 1)
    sound = peak * noise * np.sin(np.pi * 4 * times) ** 2
    silence = np.zeros(RATE_HZ)
    return (np.concatenate([silence, sound, silence]) * 32767).astype(np.int16)


@pytest.mark.parametrize("peak", [0.12, 0.3, 0.7, 1.0])
def test_quiet_and_loud_speech_reach_the_same_level(peak: float) -> None:
    sound = levelled(syllables(peak), RATE_HZ)

    level_db = speech_level_db(sound / 32768, RATE_HZ)
    assert level_db == pytest.approx(TARGET_DB, abs=1.0)
    assert np.abs(sound.astype(int)).max() <= 32768 * 10 ** (CEILING_DB / 20) + 1


def test_one_click_is_held_down_and_the_rest_keeps_its_level() -> None:
    samples = syllables(0.2)
    samples[RATE_HZ + 9_000] = 32_767

    sound = levelled(samples, RATE_HZ)

    assert np.abs(sound.astype(int)).max() <= 32768 * 10 ** (CEILING_DB / 20) + 1
    level_db = speech_level_db(sound / 32768, RATE_HZ)
    assert level_db == pytest.approx(TARGET_DB, abs=1.0)


@pytest.mark.parametrize("count", [0, 1, 100, RATE_HZ])
def test_silence_stays_silence(count: int) -> None:
    assert not levelled(np.zeros(count, np.int16), RATE_HZ).any()


def test_the_length_and_the_silence_around_stay() -> None:
    samples = syllables(0.5)

    sound = levelled(samples, RATE_HZ)

    assert len(sound) == len(samples)
    assert not sound[: RATE_HZ - 1].any()
