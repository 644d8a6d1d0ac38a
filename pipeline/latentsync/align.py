"""Bring the face to the square that the network knows, and its new mouth back into the picture.

In running order: `matrices` from three points per frame, `align_crop` and `to_square` on the way
in, `Paste` on the way out. A matrix (2 3) maps picture pixels to the canvas; a canvas is 75 wide
and 100 high times a ratio. All geometry is float32 or better: the published half precision moves
points by up to half a pixel. It knows nothing of how the three points were found.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
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


def align_crop(image: Image, matrix: Matrix, resolution: int) -> Image:
    """Warp (h w 3) to the canvas, bilinear, gray outside, values truncated."""
    width, height = canvas_size(resolution)
    picture = torch.from_numpy(np.ascontiguousarray(image)).float().permute(2, 0, 1)[None]
    back = inverse(matrix)
    grid = sampling_grid(back, (0, 0, width, height), (image.shape[1], image.shape[0]))
    warped = warp(picture, grid, OUTSIDE)[0]
    crop = warped.clamp(0.0, 255.0).to(torch.uint8).permute(1, 2, 0)
    return crop.numpy()


def to_square(crop: Image, resolution: int) -> Image:
    """Resize a canvas to (r r 3) with Lanczos; 75:100 becomes square."""
    size = (resolution, resolution)
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)


def from_square(faces: Tensor, resolution: int) -> Tensor:
    """Resize (n 3 r r) to the canvas (n 3 height width), bicubic with antialiasing."""
    width, height = canvas_size(resolution)
    size = (height, width)
    return F.interpolate(faces.float(), size=size, mode="bicubic", antialias=True)


def inverse(matrix: Matrix) -> Matrix:
    """Invert (2 3)."""
    square = np.vstack((np.asarray(matrix, np.float64), (0.0, 0.0, 1.0)))
    if abs(np.linalg.det(square)) < 1e-12:
        raise FaceUnusable("the alignment matrix cannot be inverted")
    return np.asarray(np.linalg.inv(square)[:2], np.float64)


def sampling_grid(
    matrix: Matrix, box: tuple[int, int, int, int], source: tuple[int, int]
) -> Tensor:
    """Say where each pixel of `box` (x0 y0 x1 y1) samples a source of (width, height): (1 h w 2).

    `matrix` maps box pixels to source pixels, by pixel centres (align_corners).
    """
    x0, y0, x1, y1 = box
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float64)
    at = np.stack((x, y, np.ones_like(x)), axis=-1) @ matrix.T  # (h w 2), source pixels
    scale = np.array([max(source[0] - 1, 1), max(source[1] - 1, 1)])
    return torch.from_numpy(at / scale * 2.0 - 1.0).float()[None]


def warp(pictures: Tensor, grid: Tensor, outside: float) -> Tensor:
    """Sample (n c h w) bilinearly at `grid` (1 h' w' 2); beyond the edges lies `outside`."""
    grid = grid.expand(len(pictures), -1, -1, -1)
    inner = F.grid_sample(pictures - outside, grid, padding_mode="zeros", align_corners=True)
    return inner + outside


class Paste:
    """Lay generated faces over one picture place; make once per matrix, use for many frames.

    Grid and soft mask cover only the box in which the face lies: outside it no pixel is touched.
    """

    def __init__(
        self, matrix: Matrix, resolution: int, picture_size: tuple[int, int], device: torch.device
    ) -> None:
        self.resolution = resolution
        canvas = canvas_size(resolution)
        self.box = box = face_box(matrix, canvas, picture_size)
        self.grid = sampling_grid(matrix, box, canvas).to(device)
        ones = torch.ones(1, 1, canvas[1], canvas[0], device=device)
        covered = warp(ones, self.grid, 0.0)[0, 0].cpu().numpy()
        inner, soft = soft_masks(covered, box, picture_size)
        self.inner = torch.from_numpy(inner).to(device)  # (h w)
        self.soft = torch.from_numpy(soft).to(device)  # (h w)

    def __call__(self, pictures: Tensor, faces: Tensor) -> Tensor:
        """Return uint8 (n h w 3) box pixels: `faces` (n 3 r r) in [-1, 1] over `pictures`.

        `pictures` are the box pixels underneath, uint8 (n h w 3) or (1 h w 3) for a still.
        """
        canvas = from_square(faces, self.resolution)
        placed = warp(canvas, self.grid, OUTSIDE)  # fringe becomes white, and `inner` hides it
        placed = (placed / 2.0 + 0.5).clamp(0.0, 1.0) * 255.0 * self.inner
        under = pictures.permute(0, 3, 1, 2).float()
        mixed = self.soft * placed + (1.0 - self.soft) * under
        return mixed.clamp(0.0, 255.0).to(torch.uint8).permute(0, 2, 3, 1)


def face_box(
    matrix: Matrix, canvas: tuple[int, int], picture_size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Bound the canvas in the picture: x0 y0 x1 y1, at least one pixel."""
    width, height = canvas
    corners = np.array([(-1, -1, 1), (width, -1, 1), (-1, height, 1), (width, height, 1)])
    spread = corners @ inverse(matrix).T
    low = np.floor(spread.min(axis=0)).astype(int)
    high = np.ceil(spread.max(axis=0)).astype(int) + 1
    x0, y0 = (int(np.clip(low[i], 0, picture_size[i] - 1)) for i in range(2))
    x1, y1 = (int(np.clip(high[i], (x0, y0)[i] + 1, picture_size[i])) for i in range(2))
    return x0, y0, x1, y1


def soft_masks(
    covered: NDArray[np.float32], box: tuple[int, int, int, int], picture_size: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Erode the covered box by one pixel (first mask), then by its size and blur it (second)."""
    x0, y0, x1, y1 = box
    # Zeros around the box where the picture goes on; nothing where the picture ends, because
    # erosion takes what lies outside the picture as covered, and the blur reflects there.
    room = max(covered.shape) // 5 + 4
    left, top = min(room, x0), min(room, y0)
    right, bottom = min(room, picture_size[0] - x1), min(room, picture_size[1] - y1)
    wide = cv2.copyMakeBorder(covered, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0.0)
    inner = cv2.erode(wide, np.ones((2, 2), np.uint8))
    edge = int(np.sqrt(inner.sum(dtype=np.float64))) // 20
    soft = inner
    if edge:
        soft = cv2.erode(inner, np.ones((2 * edge, 2 * edge), np.uint8))
        size = 2 * edge + 1
        sigma = 0.3 * ((size - 1) / 2 - 1) + 0.8
        soft = cv2.GaussianBlur(soft, (size, size), sigma, borderType=cv2.BORDER_REFLECT_101)
    cut = np.s_[top : top + y1 - y0, left : left + x1 - x0]
    return np.ascontiguousarray(inner[cut]), np.ascontiguousarray(soft[cut])


def paste_back(image: Image, face: Tensor, matrix: Matrix, resolution: int) -> Image:
    """Paste one face (3 r r) in [-1, 1] into a whole picture (h w 3)."""
    height, width = image.shape[:2]
    paste = Paste(matrix, resolution, (width, height), face.device)
    x0, y0, x1, y1 = paste.box
    under = torch.from_numpy(np.ascontiguousarray(image[y0:y1, x0:x1]))[None].to(face.device)
    out = image.copy()
    out[y0:y1, x0:x1] = paste(under, face[None])[0].cpu().numpy()
    return out


def pixel_values(squares: Sequence[Image]) -> Tensor:
    """Stack squares (r r 3) as (n 3 r r) in [-1, 1]."""
    stacked = torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2)
    return stacked.float() / 127.5 - 1.0
