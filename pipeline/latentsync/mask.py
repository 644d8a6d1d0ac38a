"""The mask: which part of the aligned face is kept (1) and which is generated (0).

Drawn from polygons on a 256-pixel grid: the lower face from the cheeks down to the jaw, the bridge
of the nose left alone. The network was trained on exactly this shape.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

GRID = 256
JAW = (
    (9, 128), (12, 170.5), (22, 188.5), (40, 208.5), (60, 222.5), (87, 235.5), (95, 238.5),
    (108, 241.5), (131, 243), (153, 243), (165, 239.5), (184, 231.5), (197, 224.5), (211, 214.5),
    (229, 195.5), (241, 177.5), (245, 169.5), (248, 128),
)  # fmt: skip
LEFT_CHEEK = ((9, 95), (78, 95), (78, 128), (9, 128))
RIGHT_CHEEK = ((178, 95), (247, 95), (247, 128), (178, 128))


def keep_mask(resolution: int) -> NDArray[np.float32]:
    """Draw the mask (r r): 1 = keep, 0 = generate; a few edge values between, but at 256."""
    hidden = inside(JAW) | inside(LEFT_CHEEK) | inside(RIGHT_CHEEK)
    drawn = np.where(hidden, 0, 255).astype(np.uint8)
    if resolution != GRID:
        # Drawn at 256 and resized, as the published picture is: closer than drawing it large.
        size = (resolution, resolution)
        drawn = np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)
    return drawn.astype(np.float32) / np.float32(255.0)


def latent_mask(mask: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take every eighth pixel of (r r): nearest sampling, not averaging."""
    return np.ascontiguousarray(mask[::8, ::8])


def inside(polygon: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Mark the pixels of the grid whose centre lies in the polygon (edges at integer pixels)."""
    y, x = np.mgrid[0:GRID, 0:GRID] + 0.5
    within = np.zeros((GRID, GRID), dtype=bool)
    for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if y0 == y1:
            continue
        crosses = (y0 > y) != (y1 > y)
        within ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return within
