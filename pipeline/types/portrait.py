"""What one look at a photo told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels of the picture it was found in."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitVerdict:
    """What one look at a photo told: it can be used, and what the user should know."""

    width_px: int
    height_px: int
    faces: tuple[Box, ...]
    """Every face, the largest first; the first one speaks."""
    eye_distance_px: float
    yaw_deg: float
