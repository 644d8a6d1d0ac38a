"""Where the face is: three points per frame become a matrix, a matrix a box and a grid.

A matrix (2 3) maps picture pixels to the canvas; a canvas is 75 wide and 100 high times a ratio.
All geometry is float32 or better: the published half precision moves points by up to half a
pixel. What is sampled with it stands in `crop.py` and `paste.py`; how the three points were found
is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from pipeline.latentsync.errors import FaceUnusable

TEMPLATE = ((17.0, 20.0), (58.0, 20.0), (37.5, 40.0))
"""Where the centres of both brows (picture left first) and the nose go, on a 75 x 100 canvas."""
OUTSIDE = 127.0
"""What lies beyond the picture: gray."""

Box = tuple[int, int, int, int]
"""x0 y0 x1 y1 in pixels, the last ones excluded."""
Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]


def canvas_ratio(resolution: int) -> float:
    """Return canvas pixels per template unit."""
    return resolution / 256 * 2.8


def canvas_size(resolution: int) -> tuple[int, int]:
    """Return width and height of the canvas: 210 x 280 for 256, 420 x 560 for 512."""
    ratio = canvas_ratio(resolution)
    return int(75 * ratio), int(100 * ratio)


def matrices(
    landmarks: NDArray[np.float64], resolution: int, *, smooth: bool = True, rounded: bool = True
) -> Matrix:
    """Fit each frame's three points (n 3 2: left brow, right brow, nose) to the template: (n 2 3).

    Not Umeyama: the scale is the ratio of standard deviations. With `smooth` a small bias,
    carried from frame to frame, pulls the nose towards its place. Points are `rounded` to pixels,
    as published; points that are known better than that need not be. Raise FaceUnusable where
    they coincide.
    """
    target = np.array(TEMPLATE) * canvas_ratio(resolution)
    fitted, bias = [], None
    exact = np.asarray(landmarks, np.float64)
    for frame, points in enumerate(np.round(exact) if rounded else exact):
        matrix, error = fit(points, target, frame)
        if smooth:
            bias = error if bias is None else 0.2 * bias + 0.8 * error
            matrix[:, 2] += bias
        fitted.append(matrix)
    return np.stack(fitted) if fitted else np.empty((0, 2, 3))


def fit(
    points: NDArray[np.float64], target: NDArray[np.float64], frame: int
) -> tuple[Matrix, NDArray[np.float64]]:
    """Fit one frame; also return how far the nose is off, in standard deviations, unrotated."""
    if not np.isfinite(points).all():
        raise FaceUnusable(f"frame {frame}: the face points are not finite")
    points_mean, target_mean = points.mean(axis=0), target.mean(axis=0)
    centred, goal = points - points_mean, target - target_mean
    points_std, target_std = centred.std(ddof=1), goal.std(ddof=1)
    if points_std < 0.5:
        raise FaceUnusable(f"frame {frame}: the three face points coincide")
    u, _, vt = np.linalg.svd((centred / points_std).T @ (goal / target_std))
    rotation = vt.T @ u.T
    if np.linalg.det(rotation) < 0:  # a mirrored face: turn the weaker axis back
        vt[-1] *= -1.0
        rotation = vt.T @ u.T
    linear = target_std / points_std * rotation
    shift = target_mean - linear @ points_mean
    error = goal[2] / target_std - centred[2] / points_std
    return np.column_stack((linear, shift)), error


def inverse(matrix: Matrix) -> Matrix:
    """Invert (2 3)."""
    square = np.vstack((np.asarray(matrix, np.float64), (0.0, 0.0, 1.0)))
    if abs(np.linalg.det(square)) < 1e-12:
        raise FaceUnusable("the alignment matrix cannot be inverted")
    return np.asarray(np.linalg.inv(square)[:2], np.float64)


def face_box(matrices: Sequence[Matrix], resolution: int, picture_size: tuple[int, int]) -> Box:
    """Bound the canvas of every matrix in a picture of (width, height): at least one pixel."""
    width, height = canvas_size(resolution)
    corners = np.array([(-1, -1, 1), (width, -1, 1), (-1, height, 1), (width, height, 1)])
    spread = np.concatenate([corners @ inverse(matrix).T for matrix in matrices])
    low = np.floor(spread.min(axis=0)).astype(int)
    high = np.ceil(spread.max(axis=0)).astype(int) + 1
    x0, y0 = (int(np.clip(low[i], 0, picture_size[i] - 1)) for i in range(2))
    x1, y1 = (int(np.clip(high[i], (x0, y0)[i] + 1, picture_size[i])) for i in range(2))
    return x0, y0, x1, y1


def sampling_grid(matrices: Sequence[Matrix], box: Box, source: tuple[int, int]) -> Tensor:
    """Say where each pixel of `box` samples a source of (width, height), per matrix: (n h w 2).

    Each matrix maps box pixels to source pixels, by pixel centres (align_corners).
    """
    x0, y0, x1, y1 = box
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float64)
    places = np.stack((x, y, np.ones_like(x)), axis=-1)  # (h w 3)
    scale = np.array([max(source[0] - 1, 1), max(source[1] - 1, 1)])
    at = [torch.from_numpy(places @ matrix.T / scale * 2.0 - 1.0).float() for matrix in matrices]
    return torch.stack(at)


def warp(pictures: Tensor, grid: Tensor, outside: float) -> Tensor:
    """Sample (n c h w) bilinearly at `grid` (n h' w' 2) or (1 h' w' 2); beyond lies `outside`."""
    grid = grid.expand(len(pictures), -1, -1, -1)
    inner = F.grid_sample(pictures - outside, grid, padding_mode="zeros", align_corners=True)
    return inner + outside
