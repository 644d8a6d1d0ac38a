"""The mouth's own axes on one photo: where a pixel lies in the mouth, whatever way the head turns.

x runs across, y down, in E, from the middle of the closed slit. Knows geometry only.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from pipeline.lipsync.layers import Grid, Points
from pipeline.portrait.pose import Pose

Plane = NDArray[np.floating]
"""(h, w), one number per pixel."""

STRAIGHTENED = 0.7
"""How much of the closed slit's bow ``straight`` takes out."""
WIDEST_E = 0.4
"""The bow is held beyond this x: a parabola runs away beyond the corners."""


class MouthAxes:
    """The axes of one photo's mouth."""

    def __init__(self, slit_px: Points, pose: Pose) -> None:
        axes = pose.scale_px * pose.rotation[:2, :2]
        self._origin_px = slit_px[len(slit_px) // 2]
        self._inverse = np.linalg.inv(axes)
        self.down: NDArray[np.float64] = axes[:, 1] / np.linalg.norm(axes[:, 1])
        """Unit vector in the picture."""
        x, y = self.at(slit_px).T
        self._bow = Polynomial.fit(x, y, 2)

    def at(self, points_px: Points) -> Points:
        """Return points of the picture in the mouth's axes."""
        result: Points = (points_px - self._origin_px) @ self._inverse.T
        return result

    def straight(self, points: Points) -> Points:
        """Take most of the slit's bow out of points in the mouth's axes."""
        x, y = points.T
        bow = self._bow(np.clip(x, -WIDEST_E, WIDEST_E))
        return np.column_stack([x, y - STRAIGHTENED * bow])

    def planes(self, pixels_px: Grid) -> tuple[Plane, Plane, Plane]:
        """Return x, y and straightened y of each pixel, (h, w) each."""
        points = self.at(pixels_px.reshape(-1, 2).astype(np.float64))
        shape = pixels_px.shape[:2]
        x, y, straight = (
            column.reshape(shape).astype(np.float32)
            for column in (*points.T, self.straight(points)[:, 1])
        )
        return x, y, straight
