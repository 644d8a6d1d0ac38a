"""Which frames hear no speech: so quiet, against the loudest, that the mouth stays closed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.latentsync.audio import SAMPLE_RATE_HZ

REACH_S = 0.1
"""A frame hears a tenth of a second to either side, as its window of features does."""
QUIET_SHARE = 0.01
"""40 dB below the loudest moment."""
QUIET_RMS = 1e-4
"""80 dB below full scale: quiet, whatever the rest is."""


def quiet_frames(pcm: NDArray[np.float32], frames: int, fps: float) -> NDArray[np.bool_]:
    """Mark the frames (n) around which the sound is silent; what lies past its end is silent."""
    energy = np.concatenate(([0.0], np.cumsum(np.square(pcm, dtype=np.float64))))
    centre = np.arange(frames) / fps
    start = np.clip(((centre - REACH_S) * SAMPLE_RATE_HZ).astype(int), 0, len(pcm))
    stop = np.clip(((centre + REACH_S) * SAMPLE_RATE_HZ).astype(int), 0, len(pcm))
    rms = np.sqrt((energy[stop] - energy[start]) / np.maximum(stop - start, 1))
    quiet: NDArray[np.bool_] = rms < max(QUIET_RMS, QUIET_SHARE * float(rms.max(initial=0.0)))
    return quiet
