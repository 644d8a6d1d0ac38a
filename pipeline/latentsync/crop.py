"""The way in: pictures and their matrices become the squares that the network knows.

In running order: `align_crops` warps each face to the canvas, `to_squares` makes the canvas
square, `pixel_values` scales. Whole chunks at once, on the device that will encode them; only the
pixels around the face travel there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from pipeline.latentsync import align
from pipeline.latentsync.align import OUTSIDE, Box, Image, Matrix
from pipeline.latentsync.axis import along_both, lanczos


def align_crops(
    images: Sequence[Image], matrices: Sequence[Matrix], resolution: int, device: torch.device
) -> Tensor:
    """Warp pictures of one size (h w 3) to their canvases, bilinear, gray outside: (n 3 h w).

    Whole numbers from 0 to 255, truncated as published, in float32.
    """
    width, height = align.canvas_size(resolution)
    box = align.face_box(matrices, resolution, (images[0].shape[1], images[0].shape[0]))
    x0, y0, x1, y1 = box
    back = [align.inverse(matrix) - ((0, 0, x0), (0, 0, y0)) for matrix in matrices]
    grid = align.sampling_grid(back, (0, 0, width, height), (x1 - x0, y1 - y0))
    warped = align.warp(cut(images, box, device).float(), grid.to(device), OUTSIDE)
    return warped.clamp(0.0, 255.0).trunc()


def cut(images: Sequence[Image], box: Box, device: torch.device) -> Tensor:
    """Bring a box of each picture (h w 3) to the device: uint8 (n 3 h w)."""
    x0, y0, x1, y1 = box
    pixels = torch.from_numpy(np.stack([image[y0:y1, x0:x1] for image in images]))
    return pixels.to(device).permute(0, 3, 1, 2)


def to_squares(crops: Tensor, resolution: int) -> Tensor:
    """Resize canvases (n 3 h w) to (n 3 r r) with Lanczos; 75:100 becomes square."""
    height, width = crops.shape[2:]
    square = along_both(crops, lanczos(height, resolution), lanczos(width, resolution))
    return square.round().clamp(0.0, 255.0)


def pixel_values(squares: Tensor) -> Tensor:
    """Scale 0 to 255 to [-1, 1]."""
    return squares / 127.5 - 1.0


def faces(
    images: Sequence[Image], matrices: Sequence[Matrix], resolution: int, device: torch.device
) -> Tensor:
    """Give the faces of pictures as the network wants them: (n 3 r r) in [-1, 1]."""
    return pixel_values(to_squares(align_crops(images, matrices, resolution, device), resolution))
