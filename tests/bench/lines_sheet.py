"""Head motion before straight lines: what a door frame or a bookshelf behind the head would do."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.motion import IdleMotion, idle_motion
from pipeline.portrait import Face, Pixels
from pipeline.types import Motion, Speech
from tests.bench import motion_sheet

FPS = 25
EVERY_FACES = 0.11
"""Distance of the lines, in heights of the face."""
HEAD = (0.80, 0.98)
"""Half axes of the ellipse that stands for head and hair, in widths and heights of the face; its
middle is raised by a tenth of the height."""
PIXELS_APART = 4
ACROSS = 3


def lines(picture: Pixels, face: Face, speech: Speech) -> tuple[Pixels, float]:
    """Draw the photo before lines, then lively frames; and how far a line moves, in pixels."""
    drawn = with_lines(picture, face)
    motion = idle_motion(picture, face, speech, FPS, Motion.LIVELY)
    chosen = motion_sheet.farthest(motion, face)
    tiles = [motion_sheet.named(drawn, "photo, with lines")]
    for index in chosen:
        name = f"frame {index}: {moved_px(motion, index, picture, face):.1f} px"
        tiles.append(motion_sheet.named(motion.move(drawn, index), name))
    worst = max(moved_px(motion, index, picture, face) for index in range(0, len(motion), 5))
    rows = [np.hstack(tiles[at : at + ACROSS]) for at in range(0, len(tiles), ACROSS)]
    return np.vstack(rows), worst


def with_lines(picture: Pixels, face: Face) -> Pixels:
    """Draw a lattice over all but the head."""
    behind = ~head(picture, face)
    low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
    every = max(6, round(EVERY_FACES * float(high[1] - low[1])))
    lattice = np.full_like(picture, 235)
    for at in range(every // 2, max(picture.shape[:2]), every):
        cv2.line(lattice, (at, 0), (at, picture.shape[0]), (40, 60, 90), 2)
        cv2.line(lattice, (0, at), (picture.shape[1], at), (40, 60, 90), 2)
    return np.where(behind[..., None], lattice, picture)


def moved_px(motion: IdleMotion, index: int, picture: Pixels, face: Face) -> float:
    """Return how far anything behind the head moves in this frame; lines bend by so much."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height:PIXELS_APART, 0:width:PIXELS_APART]
    places = np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float64)
    moved = motion.moved_points(index, places) - places
    behind = ~head(picture, face)[::PIXELS_APART, ::PIXELS_APART]
    away = np.linalg.norm(moved, axis=1).reshape(rows.shape)
    return float(away[behind].max())


def head(picture: Pixels, face: Face) -> NDArray[np.bool_]:
    """Mark an ellipse around head and hair, and the neck and body below it."""
    height, width = picture.shape[:2]
    low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
    middle, size = (low + high) / 2, high - low
    rows, columns = np.mgrid[0:height, 0:width]
    off = np.hypot(
        (columns - middle[0]) / (HEAD[0] * size[0]),
        (rows - middle[1] + 0.1 * size[1]) / (HEAD[1] * size[1]),
    )
    body = (rows > middle[1]) & (np.abs(columns - middle[0]) < 0.5 * size[0])
    return np.asarray((off < 1) | body)
