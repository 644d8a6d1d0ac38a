"""Sound at another rate is the same sound."""

import numpy as np
import pytest

from pipeline.media.read import Sound
from pipeline.media.resample import BLOCK, resampled


@pytest.mark.parametrize("rate_hz", [8000, 16_000, 22_050, 44_100, 48_000])
def test_a_tone_keeps_its_length_its_level_and_its_phase(rate_hz: int) -> None:
    seconds = 2 * BLOCK / rate_hz + 0.1234  # across the seams of the blocks
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    samples = np.round(8000 * np.sin(2 * np.pi * 440 * time_s)).astype(np.int16)

    heard = resampled(Sound(samples=samples, sample_rate_hz=rate_hz), 16_000)

    assert heard.dtype == np.float32
    assert abs(len(heard) - seconds * 16_000) <= 2
    expected = 8000 / 32768 * np.sin(2 * np.pi * 440 * np.arange(len(heard)) / 16_000)
    np.testing.assert_allclose(heard[200:-200], expected[200:-200], atol=3e-4)


def test_no_sound_stays_no_sound() -> None:
    nothing = Sound(samples=np.zeros(0, np.int16), sample_rate_hz=22_050)

    assert resampled(nothing, 16_000).shape == (0,)
