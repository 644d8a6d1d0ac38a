"""A face drawn from the canonical mesh: for tests of the engine that need no face finder."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.lipsync import lip_motion as lips
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import canonical_points

SKIN, LIP, BLACK = (205, 160, 135), (170, 80, 85), (30, 20, 20)


def drawn_face(
    size_px: int = 256, *, gap_e: float = 0.0, roll_deg: float = 0.0
) -> tuple[Pixels, Face]:
    """Draw a face whose lips are ``gap_e`` apart; E is a quarter of the picture's side."""
    e_px = size_px / 4
    canonical = canonical_points().astype(np.float64).copy()
    jaw = lips.lip_motion().jaw
    rest = (canonical[14] - canonical[13])[1]
    canonical[:, :2] += (gap_e - rest) * jaw
    if gap_e == 0.0:  # lips that touch share one line
        upper, lower = list(lips.UPPER_INNER), list(lips.LOWER_INNER)
        canonical[upper] = canonical[lower] = (canonical[upper] + canonical[lower]) / 2
    angle = np.deg2rad(roll_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    landmarks = canonical * e_px
    landmarks[:, :2] = landmarks[:, :2] @ turn.T + (size_px / 2, size_px / 3)
    return _painted(landmarks[:, :2], size_px), Face(
        landmarks=landmarks.astype(np.float32), score=1.0
    )


def _painted(points: np.ndarray[tuple[int, int], np.dtype[np.float64]], size_px: int) -> Pixels:
    noise = np.random.default_rng(7).integers(0, 24, (size_px, size_px, 3))
    picture: Pixels = (noise + np.array((60, 70, 90))).astype(np.uint8)
    for rows, colour in (
        (tuple(range(468)), SKIN),
        (lips.UPPER_OUTER + lips.LOWER_OUTER[::-1], LIP),
        (lips.UPPER_INNER + lips.LOWER_INNER[::-1], BLACK),
    ):
        contour = np.round(points[list(rows)] * 16).astype(np.int32)
        shape = cv2.convexHull(contour) if len(rows) > 100 else contour
        cv2.fillPoly(picture, [shape], colour, cv2.LINE_AA, shift=4)
    return picture
