"""Bring sound to another rate, for listeners that want their own: 16 kHz for a model.

Knows samples; does not know who listens. The video keeps the sound at its own rate.
"""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.media.read import Sound

BLOCK = 1 << 16
FULL_SCALE = 32768.0


def resampled(sound: Sound, rate_hz: int) -> NDArray[np.float32]:
    """Return the sound (n,) in [-1, 1) at another rate, through 16-bit samples as ffmpeg does."""
    if sound.sample_rate_hz == rate_hz:
        return sound.samples.astype(np.float32) / np.float32(FULL_SCALE)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)
    parts = [np.empty(0, np.int16)]
    for start in range(0, len(sound.samples), BLOCK):
        block = np.ascontiguousarray(sound.samples[np.newaxis, start : start + BLOCK])
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate = sound.sample_rate_hz
        parts += [made.to_ndarray()[0] for made in resampler.resample(frame)]
    parts += [made.to_ndarray()[0] for made in resampler.resample(None)]
    joined: NDArray[np.int16] = np.concatenate(parts)
    return joined.astype(np.float32) / np.float32(FULL_SCALE)
