"""The line where the two layers meet: which layer a pixel belongs to, and how the line looks.

Works in the mouth's frame (x across, y down, in E). Knows lines and pixels; knows no landmark.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.layers import Points, smoothstep
from pipeline.lipsync.mouth_axes import Plane
from pipeline.lipsync.skin import LUMA
from pipeline.portrait import Pixels

STEPS = 2048
PER_SPAN = 5
"""Points that the smooth curve has between two points of the contour."""
BLUR_PX, REACH_PX = 0.8, 1.2
"""Blur of the switch between the layers, and how far from the line it reaches."""
DARKEST, LINE_E = 0.38, 0.011
"""A smile that was closed has no lip line, or a faint one; it is drawn so dark."""
OWN_LINE_E = 0.05
"""The widest dark that counts as the photo's own line."""
LINE_TINT = np.array([0.85, 1.1, 1.1], dtype=np.float32)
"""The line is dark red, not grey, but in a photo of one tone."""
LINE_GONE_GAP_E, CORNER_E = 0.04, 0.08


class Seam:
    """The seam of one photo's mouth."""

    def __init__(
        self, x: Plane, y: Plane, e_px: float, *, was_open: bool, is_toned: bool = False
    ) -> None:
        """Take the place of each pixel of the region in the mouth's frame."""
        self._tint = np.ones(3, np.float32) if is_toned else LINE_TINT
        self._x, self._y, self._e_px, self._was_open = x, y, e_px, was_open
        self._left, self._right = float(x.min()), float(x.max())
        scale = (STEPS - 1) / max(1e-6, self._right - self._left)
        self._index = np.round((x - self._left) * scale).astype(np.intp)

    def below(self, line: Points) -> Plane:
        """Return how far below the line each pixel lies, in E; it is held beyond its ends."""
        curve = catmull_rom(line)
        steps = np.linspace(self._left, self._right, STEPS)
        height = np.interp(steps, curve[:, 0], curve[:, 1]).astype(np.float32)
        result: Plane = self._y - height[self._index]
        return result

    def upper_share(self, below: Plane, corners: tuple[float, float]) -> Plane:
        """Return 1 for the upper layer, 0 for the lower: hard inside the mouth, soft beyond it."""
        beyond = np.maximum(corners[0] - self._x, self._x - corners[1])
        half = 0.5 + 0.5 * np.maximum(beyond, 0.0) * self._e_px
        soft = np.clip(0.5 - below * (self._e_px / 2) / half, 0.0, 1.0)
        result: Plane = np.where(beyond > 0.0, soft, below < 0.0).astype(np.float32)
        return result

    def finish(
        self, region: Pixels, below: Plane, corners: tuple[float, float], gap_e: float
    ) -> None:
        """Soften the switch and, in a smile that was closed, darken the line; in place."""
        box = self._near(below, corners)
        if box is None:
            return
        off = below[box]
        patch = region[box].astype(np.float32)
        blurred = cv2.GaussianBlur(patch, (0, 0), BLUR_PX)
        x = self._x[box]
        inside = smoothstep(np.minimum(x - corners[0], corners[1] - x) / 0.02)
        share = np.exp(-((off * self._e_px / REACH_PX) ** 2)) * inside
        patch += share[..., None] * (blurred - patch)
        if self._was_open and gap_e < LINE_GONE_GAP_E:
            to_corner = np.minimum(x - corners[0], corners[1] - x)
            dark = DARKEST * (1.0 - gap_e / LINE_GONE_GAP_E) * smoothstep(to_corner / CORNER_E)
            dark *= np.exp(-((off / LINE_E) ** 2))
            patch *= 1.0 - self._missing(patch, dark)[..., None] * self._tint
        region[box] = np.clip(patch + 0.5, 0, 255)

    def _missing(self, patch: NDArray[np.float32], dark: Plane) -> Plane:
        """Return how much darker the line must get: not at all where the photo's own is enough."""
        luma = patch @ LUMA
        side = max(3, round(OWN_LINE_E * self._e_px) | 1)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        lips = cv2.GaussianBlur(cv2.morphologyEx(luma, cv2.MORPH_CLOSE, disc), (0, 0), side / 4)
        missing: Plane = 1.0 - lips * (1.0 - dark) / np.maximum(luma, 1.0)
        return np.clip(missing, 0.0, dark)

    def _near(self, below: Plane, corners: tuple[float, float]) -> tuple[slice, slice] | None:
        """Return the box around all pixels that the seam can touch."""
        reach = max(3.0 * REACH_PX / self._e_px, OWN_LINE_E)
        touched = (np.abs(below) < reach) & (self._x > corners[0]) & (self._x < corners[1])
        rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
        if len(rows) == 0:
            return None
        return (
            slice(int(rows[0]), int(rows[-1]) + 1),
            slice(int(columns[0]), int(columns[-1]) + 1),
        )


def catmull_rom(points: Points) -> Points:
    """Draw a smooth curve through the points, ``PER_SPAN`` steps from one to the next."""
    padded = np.concatenate(
        [2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]]
    )
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(PER_SPAN) / PER_SPAN)[None, :, None]
    p0, p1, p2, p3 = (p[:, None, :] for p in (before, start, end, after))
    spans = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    result: Points = np.concatenate([spans.reshape(-1, 2), points[-1:]])
    return result
