"""The way out: generated faces are laid over the pictures they came from.

A `Paste` holds what depends on the matrices alone: box, grid and soft mask, of one picture place
or of a whole chunk's. Calling it mixes the pixels. All of it runs on the device that made the
faces; outside the box no pixel is touched.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.latentsync import align
from pipeline.latentsync.align import OUTSIDE, Box, Matrix
from pipeline.latentsync.axis import along_both, gaussian

ROOM_SHARE = 5
"""The box is looked at with so much room (a fifth) around it: more than the blur reaches."""


class Paste:
    """Lay generated faces over pictures, each at the place of its matrix.

    One matrix serves any number of faces (a still); several serve as many faces.
    """

    def __init__(
        self,
        matrices: Sequence[Matrix],
        resolution: int,
        picture_size: tuple[int, int],
        device: torch.device,
    ) -> None:
        self.resolution = resolution
        canvas = align.canvas_size(resolution)
        self.box = align.face_box(matrices, resolution, picture_size)
        wide = roomy(self.box, picture_size)
        grid = align.sampling_grid(matrices, wide, canvas).to(device)
        ones = torch.ones(len(grid), 1, canvas[1], canvas[0], device=device)
        inner, soft = soft_masks(align.warp(ones, grid, 0.0))
        x0, y0, x1, y1 = (self.box[i] - wide[i % 2] for i in range(4))
        self.grid = grid[:, y0:y1, x0:x1].contiguous()
        self.inner = inner[:, :, y0:y1, x0:x1].contiguous()  # (n 1 h w)
        self.soft = soft[:, :, y0:y1, x0:x1].contiguous()  # (n 1 h w)

    def __call__(self, under: Tensor, faces: Tensor) -> Tensor:
        """Return uint8 box pixels (n h w 3): `faces` (n 3 r r) in [-1, 1] over `under`.

        `under` are the box pixels of the pictures, uint8 (n 3 h w), or (1 3 h w) for a still.
        """
        canvas = from_square(faces, self.resolution)
        # Beyond the canvas lies white, and `inner` hides it.
        placed = align.warp(canvas, self.grid, OUTSIDE)
        placed = (placed / 2.0 + 0.5).clamp(0.0, 1.0) * 255.0 * self.inner
        mixed = self.soft * placed + (1.0 - self.soft) * under.float()
        return mixed.clamp(0.0, 255.0).to(torch.uint8).permute(0, 2, 3, 1)


def roomy(box: Box, picture_size: tuple[int, int]) -> Box:
    """Widen a box inside its picture."""
    x0, y0, x1, y1 = box
    room = max(x1 - x0, y1 - y0) // ROOM_SHARE + 4
    width, height = picture_size
    return max(x0 - room, 0), max(y0 - room, 0), min(x1 + room, width), min(y1 + room, height)


def from_square(faces: Tensor, resolution: int) -> Tensor:
    """Resize (n 3 r r) to the canvas (n 3 height width), bicubic with antialiasing."""
    width, height = align.canvas_size(resolution)
    size = (height, width)
    return F.interpolate(faces.float(), size=size, mode="bicubic", antialias=True)


def soft_masks(covered: Tensor) -> tuple[Tensor, Tensor]:
    """Erode what is covered (n 1 h w) by one pixel, and again by its size, then blurred.

    Where the picture ends erosion takes what lies beyond as covered, and the blur reflects.
    """
    inner = erode(covered, 2)
    areas = inner.sum(dim=(1, 2, 3), dtype=torch.float64).tolist()
    reaches = [int(area**0.5) // 20 for area in areas]
    soft = inner.clone()
    for reach in set(reaches) - {0}:
        of_it = [i for i, other in enumerate(reaches) if other == reach]
        small = erode(inner[of_it], 2 * reach)
        height, width = small.shape[2:]
        soft[of_it] = along_both(small, gaussian(height, reach), gaussian(width, reach))
    return inner, soft


def erode(mask: Tensor, size: int) -> Tensor:
    """Take the least of a square of even `size`, half before and half less one behind."""
    before, behind = size // 2, size - size // 2 - 1
    for down in (True, False):
        pad = (0, 0, before, behind) if down else (before, behind, 0, 0)
        kernel = (size, 1) if down else (1, size)
        mask = -F.max_pool2d(F.pad(-mask, pad, value=float("-inf")), kernel, stride=1)
    return mask
