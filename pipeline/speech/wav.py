"""Writes speech as a mono 16-bit WAV. Reading one stands in ``media.read``."""

from __future__ import annotations

import errno
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import errors


def write_wav(into: Path, samples: NDArray[np.int16], sample_rate_hz: int) -> None:
    """Write a mono 16-bit WAV whole or not at all."""
    part = into.with_name(into.name + ".part")
    try:
        with part.open("wb") as file, wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(sample_rate_hz)
            sound.writeframes(samples.astype("<i2").tobytes())
        part.replace(into)
    except OSError as e:
        part.unlink(missing_ok=True)
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.DiskFull("the speech") from e
        raise
