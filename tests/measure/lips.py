"""What the lips of a video really do: landmarks found afresh in every decoded frame.

The mesh also steered the renderer, so both share its biases: these numbers replace no eye.
Lengths are in E, the distance of the outer eye corners.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Face, FaceMesh, Pixels

GAP_PAIRS = ((13, 14), (82, 87), (312, 317))
EYE_CORNERS = (33, 263)
CROP = 2.2
"""Side of the crop that is looked at, in heights of the face; the same for all frames."""
CROP_PX = 380
CLOSED_E = 0.015
REACH_FRAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """How well two curves agree, and how many frames the second comes after the first."""

    r: float
    """Correlation at lag 0."""
    best_r: float
    lag: int


def seen_gaps(frames: Iterable[Pixels], face: Face, mesh: FaceMesh) -> NDArray[np.float64]:
    """Return the gap of the inner lips in every frame; ``face`` says where to look."""
    corners = _crop_corners(face)
    gaps = []
    for frame in frames:
        to_crop = cv2.getAffineTransform(corners, _CROPPED)
        crop = cv2.warpAffine(frame, to_crop, (CROP_PX, CROP_PX), flags=cv2.INTER_CUBIC)
        faces = mesh.find(np.asarray(crop, np.uint8))
        gaps.append(gap_of(faces[0]) if faces else np.nan)
    return np.array(gaps)


def gap_of(face: Face) -> float:
    """Return the mean gap of three pairs in the middle of the inner lips."""
    points = face.landmarks[:, :2].astype(np.float64)
    left, right = EYE_CORNERS
    spread = np.linalg.norm(points[left] - points[right])
    return float(np.mean([np.linalg.norm(points[a] - points[b]) for a, b in GAP_PAIRS]) / spread)


def sync(intended: NDArray[np.float64], seen: NDArray[np.float64]) -> Sync:
    """Correlate, and search the lag within ``REACH_FRAMES`` frames."""
    lags = range(-REACH_FRAMES, REACH_FRAMES + 1)
    scores = {lag: _correlation(*_shifted(intended, seen, lag)) for lag in lags}
    best = max(scores, key=lambda lag: scores[lag])
    return Sync(r=scores[0], best_r=scores[best], lag=best)


def closed(seen: NDArray[np.float64], frames: Sequence[int]) -> int:
    """Count the frames at which the lips really touch, within one frame."""
    return sum(bool(np.nanmin(seen[max(0, i - 1) : i + 2]) < CLOSED_E) for i in frames)


def silent_frames(
    speaking: Sequence[tuple[float, float]], frames: int, fps: int, margin: int = 3
) -> NDArray[np.bool_]:
    """Mark the frames that are further than ``margin`` frames from any sound."""
    silent = np.ones(frames, bool)
    for start_s, end_s in speaking:
        first, last = int(start_s * fps) - margin, int(np.ceil(end_s * fps)) + margin
        silent[max(0, first) : last + 1] = False
    return silent


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _shifted(
    intended: NDArray[np.float64], seen: NDArray[np.float64], lag: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n = min(len(intended), len(seen))
    a, b = intended[:n], seen[:n]
    if lag > 0:
        return a[: n - lag], b[lag:]
    return (a[-lag:], b[: n + lag]) if lag else (a, b)


_CROPPED = np.array([[0, 0], [CROP_PX, 0], [0, CROP_PX]], np.float32)


def _crop_corners(face: Face) -> NDArray[np.float32]:
    low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
    half = CROP * (high[1] - low[1]) / 2
    x, y = (low + high) / 2
    return np.array([[x - half, y - half], [x + half, y - half], [x - half, y + half]], np.float32)
