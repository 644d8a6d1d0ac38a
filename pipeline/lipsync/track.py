"""How the mouth moves: one row of six numbers per frame, whoever made them.

Knows neither sound nor picture. Lengths are in E, the distance of the outer eye corners. Another
parameter of the mouth is a field here, a basis in ``neutral.py`` and a column in ``visemes.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
"""(n,) one value per frame, or per tick of a time line."""

LEAD_S = 0.05
"""Lips move before the sound: the best lead against real lips lies between 40 and 80 ms."""
FADE_FRAMES = 3
"""The first and the last frame are closed; this many frames lead away from it and back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MouthTrack:
    """The mouth over time; all curves have the same length."""

    gap: Curve
    """Opening between the inner lips, in E; 0 is closed, 0.2 is wide open."""
    width: Curve
    """Change of the mouth's width, in E; spread is positive, pursed negative."""
    up: Curve
    """Raise of the upper lip, in E."""
    press: Curve
    """0 to 1: the lips rolled in, as for p, b, m."""
    rounding: Curve
    """Lips pushed forward, as they look from the front, in E."""
    tongue: Curve
    """0 to 1: how high the tongue is."""

    def __len__(self) -> int:
        return len(self.gap)


def frame_count(duration_s: float, fps: int) -> int:
    """Return how many frames cover the duration."""
    return max(1, ceil(duration_s * fps))


def frame_times(duration_s: float, fps: int) -> Curve:
    """Return the moment of the sound that each frame shows: its middle plus the lips' lead."""
    return (np.arange(frame_count(duration_s, fps)) + 0.5) / fps + LEAD_S


def smooth(curve: Curve, sigma_ticks: float) -> Curve:
    """Blur with a Gaussian; the ends are held."""
    reach = max(1, round(4 * sigma_ticks))
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_ticks) ** 2)
    held = np.pad(curve, reach, mode="edge")
    return np.convolve(held, bell / bell.sum(), mode="valid")


def faded(track: MouthTrack) -> MouthTrack:
    """Close the mouth in the first and the last frame, over ``FADE_FRAMES``."""
    index = np.arange(len(track))
    ramp = np.clip(np.minimum(index, index[::-1]) / FADE_FRAMES, 0.0, 1.0)
    return replace(track, **{f.name: getattr(track, f.name) * ramp for f in fields(track)})
