"""The one tone of a photo without colours, black and white or sepia: what is painted takes it.

A red tongue in a grandfather's grey portrait is what everybody sees first. Knows pixels; knows no
face.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.skin import LUMA
from pipeline.portrait import Pixels

Tone = NDArray[np.float32]
"""(3, 3): the colour of a pixel, of 1, its luma and the square of that; luma from 0 to 1."""

COLOURS, MOST = 9.0, 99.0
"""Grey levels by which pixels, all but one in a hundred, lie off the tone of their luma in a photo
without colours: in sepia it is 5, in a pale film 24, in a drawing of three colours 13."""
LOOKED_AT_PX = 64
"""Colours are looked for in a small copy: the grain of a scan has some too."""


def tone_of(picture: Pixels) -> Tone | None:
    """Return the tone of a picture that has only one; None if it has colours."""
    small = cv2.resize(picture, (LOOKED_AT_PX, LOOKED_AT_PX), interpolation=cv2.INTER_AREA)
    pixels = small.reshape(-1, 3).astype(np.float32)
    terms = _terms(pixels)
    tone, *_ = np.linalg.lstsq(terms, pixels, rcond=None)
    off = np.abs(pixels - terms @ tone).max(axis=-1)
    return np.asarray(tone, np.float32) if np.percentile(off, MOST) < COLOURS else None


def toned(paint: NDArray[np.floating], tone: Tone | None) -> NDArray[np.float32]:
    """Return paint, (..., 3), in this tone; as it is for a photo with colours."""
    return np.asarray(paint if tone is None else _terms(paint) @ tone, np.float32)


def _terms(pixels: NDArray[np.floating]) -> NDArray[np.float32]:
    luma = (pixels @ LUMA / 255.0).astype(np.float32)
    return np.stack([np.ones_like(luma), luma, luma * luma], axis=-1)
