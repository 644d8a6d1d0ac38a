"""How the lower face moves when a mouth opens or widens: mesh indices and a measured table.

``lip_motion.npz`` holds, for the landmarks used here, the displacement per unit of lip gap
(``jaw``) and per unit of mouth width (``wide``) in the canonical frontal frame of
``portrait.pose``, x right, y down. Provenance: least squares over 1352 frames of three talking
people (the demo videos of bytedance/LatentSync, Apache-2.0), landmarks of MediaPipe's attention
mesh with the pose removed,
``landmark = gap * jaw + width * wide + constant``; mean of the three, made mirror-symmetric, faded
out between the base of the nose (landmark 2) and its tip (landmark 4).

Knows no photo. More landmarks need a new fit, not a new line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Pairs of upper and lower lip from picture-left to picture-right; the first and last are corners.
UPPER_INNER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
UPPER_OUTER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LOWER_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
MIDDLE = 5
"""Index of the middle pair."""

# fmt: off
UPPER_SKIN = (164, 165, 391, 92, 322, 167, 393, 186, 410)
NOSE_BASE = (2, 97, 326, 98, 327, 1, 64, 294, 129, 358, 4, 5, 94)
CHEEK = (
    205, 425, 50, 280, 207, 427, 187, 411, 216, 436, 206, 426, 203, 423, 36, 266, 142, 371, 123,
    352, 147, 376, 213, 433, 192, 416,
)
SIDE = (
    57, 287, 43, 273, 202, 422, 212, 432, 214, 434, 204, 424, 210, 430, 135, 364, 138, 367, 215,
    435, 58, 288, 172, 397, 136, 365, 132, 361, 93, 323, 177, 401,
)
CHIN = (
    18, 83, 313, 182, 406, 194, 418, 201, 421, 208, 428, 32, 262, 211, 431, 199, 200, 175, 152,
    171, 396, 148, 377, 176, 400, 149, 378, 150, 379, 140, 369, 170, 395, 169, 394, 106, 335, 91,
    321,
)
ANCHORS = (145, 374, 33, 263, 133, 362, 168, 6, 10, 151, 230, 450, 117, 346)
# fmt: on

LIPS = frozenset(UPPER_INNER + LOWER_INNER + UPPER_OUTER + LOWER_OUTER)
SHARED = tuple(i for i in NOSE_BASE + CHEEK + SIDE + ANCHORS if i not in LIPS)
"""Landmarks that move alike whether seen as upper or as lower face."""
LOWER_FACE = tuple(sorted(LIPS | set(UPPER_SKIN + NOSE_BASE + SIDE + CHIN)))
"""What bounds the region that the mouth may move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LipMotion:
    """The table; rows of landmarks that were not measured are zero."""

    jaw: NDArray[np.float64]
    """(478, 2) per unit of gap."""
    wide: NDArray[np.float64]
    """(478, 2) per unit of width."""


@cache
def lip_motion() -> LipMotion:
    """Read the table that lies beside this file."""
    with np.load(Path(__file__).with_name("lip_motion.npz")) as table:
        rows = table["landmarks"]
        jaw, wide = np.zeros((478, 2)), np.zeros((478, 2))
        jaw[rows], wide[rows] = table["jaw"], table["wide"]
    return LipMotion(jaw=jaw, wide=wide)
