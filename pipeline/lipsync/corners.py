"""The dark corners of a photo's open mouth, wiped while that mouth is shut.

Between open lips it is dark out to the corners, further than the inner contour of the mesh
reaches; squeezed together by closing, that dark is a black speck at either end of the lips. Knows
landmarks and pixels of one photo; moves nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync.layers import Region, smoothstep
from pipeline.portrait import Landmarks, Pixels

AROUND_E = 0.10
"""How far from a corner it is wiped."""
WIDEST_E, SOFT_E = 0.15, 0.012
"""The widest dark that is filled with what surrounds it; blur of that."""
LEAST_GAP_E = 0.05
"""Corners are as dark as the photo's in a mouth as open as there, or at least this far."""
WIPED = 0.8


class Corners:
    """The corners of one photo's mouth; nothing at all if it was shut."""

    def __init__(
        self, picture: Pixels, landmarks: Landmarks, region: Region, e_px: float, *, open_e: float
    ) -> None:
        """Find the dark within the region; ``open_e`` is the mouth's gap, 0 if it is shut."""
        self._window, self._open_e = region.window, open_e
        if not open_e:
            return
        photo = picture[region.window]
        side = max(3, round(WIDEST_E * e_px) | 1)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        # Teeth are no skin: what is brighter than its surroundings is no colour to fill with.
        plain = cv2.morphologyEx(photo, cv2.MORPH_OPEN, disc)
        filled = cv2.morphologyEx(plain, cv2.MORPH_CLOSE, disc).astype(np.float32)
        smooth = cv2.GaussianBlur(filled, (0, 0), max(0.6, SOFT_E * e_px))
        rows, columns = np.mgrid[0 : photo.shape[0], 0 : photo.shape[1]]
        near = np.zeros(photo.shape[:2])
        for inner, outer in zip(_ends(lips.UPPER_INNER), _ends(lips.UPPER_OUTER), strict=True):
            x, y = landmarks[[inner, outer], :2].mean(axis=0) - (region.x_px, region.y_px)
            away_e = np.hypot(columns - x, rows - y) / e_px
            near = np.maximum(near, 1 - smoothstep(away_e / AROUND_E))
        depth = np.maximum(smooth - photo, 0) * near[..., None]
        self._depth = np.clip(depth + 0.5, 0, 255).astype(np.uint8)

    def of(self, picture: Pixels, gap_e: float) -> Pixels:
        """Return the picture with its corners as they are at this gap; the same one if open."""
        share = WIPED * (1 - gap_e / max(LEAST_GAP_E, self._open_e))
        if not self._open_e or share <= 0:
            return picture
        result = picture.copy()
        result[self._window] = cv2.addWeighted(picture[self._window], 1.0, self._depth, share, 0)
        return result


def _ends(contour: tuple[int, ...]) -> tuple[int, int]:
    return contour[0], contour[-1]
