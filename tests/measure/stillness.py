"""What must not move: pixels outside the lower face, the border of a change, the length."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import lip_motion
from pipeline.lipsync.motion import IdleMotion
from pipeline.portrait import Face, Pixels

MARGIN_E = 0.08
"""How far the hull of the lower face is widened."""


def lower_face(face: Face, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Mark the hull of the landmarks that speech moves, a little widened."""
    points = face.landmarks[list(lip_motion.LOWER_FACE), :2]
    spread = float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2]))
    mask = np.zeros(shape[:2], np.uint8)
    hull = cv2.convexHull(np.round(points).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, (1,))
    reach = max(1, round(MARGIN_E * spread))
    wide = cv2.dilate(mask, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    return np.asarray(wide > 0)


def psnr_db(photo: Pixels, frame: Pixels, where: NDArray[np.bool_]) -> float:
    """Return the peak signal to noise ratio over the marked pixels."""
    error = photo[where].astype(np.float64) - frame[where].astype(np.float64)
    return float(10 * np.log10(255**2 / max(1e-12, float((error**2).mean()))))


def border_step(photo: Pixels, frame: Pixels, window: tuple[slice, slice]) -> float:
    """Return the 99th percentile of the steps, in grey levels per pixel, that a change makes
    within three pixels of the border of its window."""
    change = (frame.astype(np.float64) - photo.astype(np.float64)).mean(axis=2)
    down, across = np.gradient(change)
    step = np.hypot(down, across)
    rows, columns = window
    ring = np.zeros(step.shape, bool)
    ring[max(0, rows.start - 3) : rows.stop + 3, max(0, columns.start - 3) : columns.stop + 3] = 1
    ring[rows.start + 3 : rows.stop - 3, columns.start + 3 : columns.stop - 3] = False
    return float(np.percentile(step[ring], 99))


def stabilised(frame: Pixels, idle: IdleMotion, index: int) -> Pixels:
    """Move a frame's head back to where it is in the photo."""
    height, width = frame.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    places = np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float64)
    now = idle.moved_points(index, places).reshape(height, width, 2).astype(np.float32)
    x, y = (np.ascontiguousarray(now[..., k]) for k in (0, 1))
    back = cv2.remap(frame, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(back, np.uint8)


def lengths_s(video: Path) -> tuple[float, float]:
    """Return the lengths of picture and sound of a file, as its streams say."""
    with av.open(str(video)) as container:
        streams = (container.streams.video[0], container.streams.audio[0])
        picture, sound = (float((s.duration or 0) * (s.time_base or 0)) for s in streams)
    return picture, sound
