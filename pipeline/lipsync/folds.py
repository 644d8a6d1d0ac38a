"""The folds beside a mouth: deeper while it is wide, smoother while it is open or rounded.

A warp carries a dark line along but leaves it as dark as the photo has it; on a face with deep
folds that reads as a mask with a moving mouth in it. So the dark of the lines is measured once and
taken away from, or added to, the photo before it is warped. At rest nothing changes, pixel by
pixel. Knows landmarks and pixels of one photo; moves nothing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync.layers import Region, smoothstep
from pipeline.lipsync.mouth_axes import Plane
from pipeline.portrait import Landmarks, Pixels

LINES = (
    (129, 203, 206, 216, 212, 202, 204), (358, 423, 426, 436, 432, 422, 424),
    (57, 43, 202, 210, 169), (287, 273, 422, 430, 394),
)  # fmt: skip
"""Along the folds from nose to mouth and from mouth to jaw, mesh indices."""
AROUND_E, LIPS_E = 0.11, 0.035
"""How far from those lines folds are looked for, and how far from the lips."""
WIDEST_E, SOFT_E, FINE_E = 0.10, 0.022, 0.012
"""The widest line that counts as a fold; blur of the skin without it; finer is grain."""
NOISE = 5.0
"""Grey levels that are no fold."""
HAIR, HAIR_E = (7.0, 16.0), 0.06
"""Contrast of what is fine, in grey levels, from which skin is hairy, and is all hair."""
DEEP = 0.14
"""Mean depth of the lines, against the skin's brightness, from which a face is all folds."""
WIDE_E, OPEN_E = 0.085, 0.16
DEEPER, OPENED, ROUNDED, LEAST = 0.45, 0.35, 0.45, 0.55
"""How much deeper or shallower folds get in the widest, the most open, the roundest mouth; and the
most that they lose."""


class Folds:
    """The folds of one photo."""

    def __init__(self, picture: Pixels, landmarks: Landmarks, region: Region, e_px: float) -> None:
        """Find the lines within the region."""
        self._window = region.window
        photo = picture[region.window]
        side = max(3, round(WIDEST_E * e_px) | 1)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        filled = cv2.morphologyEx(photo, cv2.MORPH_CLOSE, disc).astype(np.float32)
        smooth = cv2.GaussianBlur(filled, (0, 0), max(0.8, SOFT_E * e_px))
        coarse = cv2.GaussianBlur(photo.astype(np.float32), (0, 0), max(0.6, FINE_E * e_px))
        depth = np.maximum(smooth - coarse - NOISE, 0)
        near = _beside(landmarks[:, :2], region, e_px)
        near *= 1 - _hairy(photo - coarse, e_px)
        self.laxity = _laxity(depth.mean(axis=2), photo.mean(axis=2), near)
        """0 on smooth skin, 1 where all beside the mouth is folds."""
        self._smooth = np.clip(photo + depth * near[..., None] + 0.5, 0, 255).astype(np.uint8)
        self._photo = photo

    def of(self, picture: Pixels, weights: NDArray[np.float32]) -> Pixels:
        """Return the picture with its folds as they are in this mouth; the same one at rest."""
        more = depth_of(weights)
        if abs(more) < 0.01:
            return picture
        result = picture.copy()
        result[self._window] = cv2.addWeighted(self._photo, 1 + more, self._smooth, -more, 0)
        return result


def depth_of(weights: NDArray[np.float32]) -> float:
    """Return how much deeper folds are for these weights of the bases; negative is shallower."""
    _, gap, width, *_ = (float(w) for w in weights)
    wide = np.clip(width / WIDE_E, 0, 1)
    narrow = np.clip(-width / WIDE_E, 0, 1)
    less = OPENED * min(1.0, gap / OPEN_E) + ROUNDED * narrow
    return float(DEEPER * wide - min(less, LEAST))


def _hairy(fine: NDArray[np.float32], e_px: float) -> Plane:
    """Return 1 where a beard grows: the dark between its hairs is no fold."""
    power = cv2.GaussianBlur((fine**2).mean(axis=2), (0, 0), HAIR_E * e_px)
    least, most = HAIR
    rough = (np.sqrt(power).astype(np.float64) - least) / (most - least)
    return smoothstep(rough).astype(np.float32)


def _laxity(depth: Plane, light: Plane, near: Plane) -> float:
    deep = float((depth * near).sum()) / max(1.0, float((light * near).sum()))
    return min(1.0, deep / DEEP)


def _beside(points: NDArray[np.float32], region: Region, e_px: float) -> NDArray[np.float32]:
    """Return 1 along the folds, fading around them and towards the lips."""
    corner = np.array([region.x_px, region.y_px])
    shape = (region.height_px, region.width_px)
    away = np.full(shape, 255, np.uint8)
    for line in LINES:
        at = np.round((points[list(line)] - corner) * 16).astype(np.int32)
        cv2.polylines(away, [at], False, (0,), 1, cv2.LINE_8, 4)
    outside = np.full(shape, 255, np.uint8)
    outline = points[list(lips.UPPER_OUTER + lips.LOWER_OUTER[-2:0:-1])] - corner
    cv2.fillPoly(outside, [np.round(outline * 16).astype(np.int32)], (0,), shift=4)
    from_line, from_lips = (
        cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64) / e_px
        for mask in (away, outside)
    )
    near = 1 - smoothstep(from_line / AROUND_E)
    return (near * smoothstep(from_lips / LIPS_E)).astype(np.float32)
