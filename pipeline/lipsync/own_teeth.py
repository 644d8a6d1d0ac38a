"""A photo's own upper teeth, where it shows them: better than any that could be painted.

They stay where the skull is. What lies below them in the photo, tongue and lower teeth, moves with
the jaw and is painted instead. Knows pixels and landmarks of one photo; paints nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync.layers import smoothstep
from pipeline.lipsync.mouth_axes import Plane
from pipeline.lipsync.skin import LUMA
from pipeline.portrait import Pixels

Colour = NDArray[np.float32]
"""(3,) RGB, 0 to 255."""
Points = NDArray[np.float32]
"""(n, 2) pixels."""

CONTOURS = (lips.UPPER_INNER, lips.LOWER_INNER)
SHOWN_GAP_E = 0.05
"""The mouth of a photo must be open this far before its teeth are looked for."""
FLESH = 0.6
"""How much its colour counts against a pixel of the mouth being a tooth: lips are bright too."""
LEAST_LUMA, MOST_COLOUR = 0.7, 0.42
"""Teeth are at least so bright, against the skin, and no more colourful."""
ERODED_E, SOFT_E = 0.010, 0.008
FRONT, LEVELS = 0.45, 24
"""The row ends where it does in this middle share of the mouth, to one part in so many."""
CONTRAST = 30.0
"""Grey levels by which what lies below the row must be darker; else all of it is the row."""
ENDS_OVER = 0.10
PARTED = 90.0
"""Lower teeth are whiter by so much than the dark above them: a lip or a tongue is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTeeth:
    """The upper teeth that a photo shows."""

    cover: Plane
    """(h, w) of the picture, feathered."""
    colour: Colour
    lower_e: float
    """How much of the lower teeth is seen above the lower lip, in E; 0 where none is."""


def own_teeth(
    picture: Pixels, points: Points, e_px: float, photo_gap_e: float, skin: Colour
) -> OwnTeeth | None:
    """Find the teeth between the lips; ``points`` are the mesh's, ``skin`` the face's colour."""
    if photo_gap_e < SHOWN_GAP_E:
        return None
    contour = points[list(lips.UPPER_INNER + lips.LOWER_INNER[-2:0:-1])]
    inside = pixels_inside(picture, contour)
    if len(inside) < 20:
        return None
    white = whiteness(inside)
    brightest = np.median(inside[white >= np.percentile(white, 80)], axis=0)
    saturation = 1.0 - brightest.min() / max(1.0, brightest.max())
    if brightest @ LUMA < LEAST_LUMA * float(skin @ LUMA) or saturation > MOST_COLOUR:
        return None
    mask = np.zeros(picture.shape[:2], dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(contour * 16).astype(np.int32)], 255, shift=4)
    reach = max(1, round(ERODED_E * e_px))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    eroded = cv2.erode(mask, disc).astype(np.float32) / 255.0
    depth, profile = _profile(picture, points)
    ends = _row_ends(profile)
    eroded *= 1 - smoothstep((depth - ends) / ENDS_OVER + 0.5)
    feathered = cv2.GaussianBlur(eroded, (0, 0), max(0.5, SOFT_E * e_px))
    return OwnTeeth(
        cover=feathered.astype(np.float32),
        colour=(1.03 * brightest).astype(np.float32).clip(0, 255),
        lower_e=_lower_share(profile, ends) * photo_gap_e,
    )


def pixels_inside(picture: Pixels, contour: Points) -> NDArray[np.float32]:
    """Return the pixels inside a polygon, (n, 3)."""
    mask = np.zeros(picture.shape[:2], dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(contour * 16).astype(np.int32)], 1, shift=4)
    return picture[mask > 0].astype(np.float32)


def whiteness(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how bright and without colour pixels are, (n,) of (n, 3)."""
    white = pixels @ LUMA - FLESH * (pixels.max(axis=-1) - pixels.min(axis=-1))
    return np.asarray(white, np.float32)


def _profile(picture: Pixels, points: Points) -> tuple[NDArray[np.float64], ...]:
    """Return the depth of each pixel, and how white the front of the mouth is at each depth."""
    depth, aside = _places(picture.shape, points)
    front = (aside < FRONT) & (depth > 0) & (depth < 1)
    levels = (depth[front] * LEVELS).astype(np.intp)
    white = whiteness(picture[front].astype(np.float32))
    rows = [white[levels == level] for level in range(LEVELS)]
    return depth, np.array([float(np.median(row)) if len(row) else -np.inf for row in rows])


def _places(shape: tuple[int, ...], points: Points) -> tuple[NDArray[np.float64], ...]:
    """Return how deep below the upper lip each pixel lies, 0 to 1, and how far from the middle."""
    upper, lower = (points[list(rows)].astype(np.float64) for rows in CONTOURS)
    across = upper[-1] - upper[0]
    across /= max(1e-3, float(np.linalg.norm(across)))
    turn = np.stack([across, [-across[1], across[0]]])
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    x, y = np.moveaxis(np.stack([columns, rows], axis=-1) @ turn.T, -1, 0)
    (top_x, top_y), (bottom_x, bottom_y) = turn @ upper.T, turn @ lower.T
    top, bottom = np.interp(x, top_x, top_y), np.interp(x, bottom_x, bottom_y)
    middle, half = (top_x[0] + top_x[-1]) / 2, max(1.0, (top_x[-1] - top_x[0]) / 2)
    return (y - top) / np.maximum(bottom - top, 1.0), np.abs(x - middle) / half


def _row_ends(profile: NDArray[np.float64]) -> float:
    """Return the depth at which the first white row gives way to something darker; 2 if never."""
    best = int(np.argmax(profile[: LEVELS * 2 // 3]))
    peak = profile[best]
    if not np.isfinite(peak):
        return 2.0
    for level in range(best, LEVELS):
        if peak - profile[level] > CONTRAST:
            return level / LEVELS
    return 2.0


def _lower_share(profile: NDArray[np.float64], ends: float) -> float:
    """Return the part of the opening that lower teeth take: as white as those above them."""
    first = int(min(ends, 1.0) * LEVELS)
    peak = profile[:first].max(initial=-np.inf)
    below = profile[first:-1]  # the last level is half lip
    if len(below) < 3 or below.max() < max(peak, below.min() + PARTED):
        return 0.0
    rises = first + int(np.argmax(below > (below.min() + below.max()) / 2))
    return 1.0 - rises / LEVELS
