"""Resampling and blurring along one axis, as a matrix: rows @ picture @ columns.T does a picture.

OpenCV's own operation on the unit matrix gives the numbers, so that they are its own; a matrix
product then runs on any device, for any number of pictures at once. Which operation is used when
stands in `crop.py` and `paste.py`.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import torch
from torch import Tensor

REMEMBERED = 64


@lru_cache(REMEMBERED)
def lanczos(length: int, to_length: int) -> Tensor:
    """Resize `length` pixels to `to_length` with cv2's Lanczos4: (to_length length), float32."""
    unit = np.eye(length, dtype=np.float32)
    return torch.from_numpy(
        cv2.resize(unit, (length, to_length), interpolation=cv2.INTER_LANCZOS4)
    )


@lru_cache(REMEMBERED)
def gaussian(length: int, reach: int) -> Tensor:
    """Blur `length` pixels with cv2's kernel of 2 reach + 1, reflected at the ends: (n n)."""
    size = 2 * reach + 1
    sigma = 0.3 * ((size - 1) / 2 - 1) + 0.8
    unit = np.eye(length, dtype=np.float32)
    blurred = cv2.GaussianBlur(unit, (1, size), sigma, None, sigma, cv2.BORDER_REFLECT_101)
    return torch.from_numpy(blurred)


def along_both(pictures: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Apply one matrix down and one across (... h w): (... h' w')."""
    device = pictures.device
    return rows.to(device) @ pictures @ columns.to(device).T
