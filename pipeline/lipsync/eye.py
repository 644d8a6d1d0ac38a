"""The shape of one eye of a photo: where each pixel lies between its lids, and where those go.

Everything is measured once, in a box of pixels around the eye, in axes along and across the line
from corner to corner. Knows landmarks; sees no pixel (``lashes.py`` does), knows no time.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.layers import Points, smoothstep
from pipeline.lipsync.mouth_axes import Plane
from pipeline.lipsync.seam import catmull_rom
from pipeline.portrait import Landmarks

Column = NDArray[np.float32]
"""(n,) one number per column of the strip."""
Floats = NDArray[np.float64]

BESIDE_E, ABOVE_E, BELOW_E = 0.16, 0.24, 0.20
"""The box around the lids."""
RIM_E, STRIP_E = 0.010, 0.15
"""The strip above the lid: it starts below the landmarks, which miss the edge by so much."""
FOLD_E, FOLD_SHARE = 0.11, 0.6
"""How far above the lid its folds are smoothed, and at most how near to the brow."""
LOWEST_E = 0.035
"""An eye that is less open, shut or by laughing, cannot blink."""
OUTER_E, INNER_E, WITHIN_E = 0.11, 0.045, 0.03
"""The lid reaches so far beyond the outer and the inner corner, and is whole so far within."""
LIFT = 0.16
"""Share of the opening that the lower lid comes up."""
SINKS_E, SOFT_LINE_E = 0.012, 0.035
"""A shut lid ends a little below the lower one's edge, in a line without corners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lids:
    """Mesh indices of one eye, each from picture-left to picture-right."""

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    brow: tuple[int, ...]
    """The lower edge of the brow."""
    cheek: int
    outer_is_left: bool
    """Whether the corner on the picture's left is the outer one."""


LEFT = Lids(
    upper=(33, 246, 161, 160, 159, 158, 157, 173, 133),
    lower=(33, 7, 163, 144, 145, 153, 154, 155, 133),
    brow=(46, 53, 52, 65, 55),
    cheek=50,
    outer_is_left=True,
)
RIGHT = Lids(
    upper=(362, 398, 384, 385, 386, 387, 388, 466, 263),
    lower=(362, 382, 381, 380, 374, 373, 390, 249, 263),
    brow=(285, 295, 282, 283, 276),
    cheek=280,
    outer_is_left=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeShape:
    """The measures of one eye. Planes cover its box; a strip stands on the upper lid."""

    box: tuple[slice, slice]
    e_px: float
    down: Column
    """Unit vector in the picture, (2,), from the upper to the lower lid."""
    above: Plane
    """Pixels above the edge of the upper lid; negative is below."""
    opening: Plane
    """Height of the open eye in this pixel's column; 0 beyond the corners."""
    lift: Plane
    """Pixels that the lower lid comes up when the eye shuts."""
    travel: Plane
    """Pixels that the upper lid comes down when the eye shuts."""
    reach: Plane
    """1 in the columns of the eye, fading to 0 just beyond its corners."""
    inwards: Plane
    """From 0 at the outer corner to 1 at the inner one; beyond them less and more."""
    column: Plane
    """Column of the strip that a pixel belongs to."""
    strip_at: NDArray[np.float32]
    """(rows, columns, 2): where, in the box, each pixel of the strip lies."""
    heights: Column
    """Pixels above the lid, per row of the strip."""
    fold: Column
    """Pixels above the lid, per column of the strip, within which folds are smoothed."""

    @property
    def is_open(self) -> bool:
        """Tell whether there is an opening to close."""
        return bool(self.opening.max() >= LOWEST_E * self.e_px)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Mark the pixels of the opening."""
        return np.asarray((self.above < 0) & (self.above > -self.opening))


def eye_shape(
    landmarks: Landmarks, lids: Lids, e_px: float, picture_shape: tuple[int, ...]
) -> EyeShape | None:
    """Measure one eye; None when hardly a pixel of it lies in the picture."""
    upper, lower, brow = (
        landmarks[list(rows), :2].astype(np.float64)
        for rows in (lids.upper, lids.lower, lids.brow)
    )
    box = _box(np.concatenate([upper, lower]), e_px, picture_shape)
    if box is None:
        return None
    origin, axis = upper[0], upper[-1] - upper[0]
    width_px = max(1.0, float(np.linalg.norm(axis)))
    right = axis / width_px
    turn = np.stack([right, [-right[1], right[0]]])
    lid_line, floor_line = (catmull_rom((side - origin) @ turn.T) for side in (upper, lower))
    rows, columns = np.mgrid[box]
    places = (np.stack([columns, rows], axis=-1) - origin) @ turn.T
    x, lid = places[..., 0], _height(lid_line, places[..., 0])
    opening = np.maximum(_height(floor_line, x) - lid, 0.0)

    strip_x = np.arange(x.min(), x.max(), dtype=np.float64)
    strip_lid, strip_floor, ceiling = (
        _height(line, strip_x) for line in (lid_line, floor_line, (brow - origin) @ turn.T)
    )
    reach = _reach(strip_x, width_px, e_px, lids)
    travel = _travel(strip_lid, strip_floor, reach, e_px)
    heights = np.arange(-RIM_E * e_px, STRIP_E * e_px)
    strip = np.stack(
        np.broadcast_arrays(strip_x[None], strip_lid[None] - heights[:, None]), axis=-1
    )
    corner = (box[1].start, box[0].start)
    return EyeShape(
        box=box,
        e_px=e_px,
        down=turn[1].astype(np.float32),
        above=(lid - places[..., 1]).astype(np.float32),
        opening=opening.astype(np.float32),
        lift=(LIFT * opening).astype(np.float32),
        travel=np.interp(x, strip_x, travel).astype(np.float32),
        reach=np.interp(x, strip_x, reach).astype(np.float32),
        inwards=(x / width_px if lids.outer_is_left else 1 - x / width_px).astype(np.float32),
        column=np.clip(x - strip_x[0], 0, len(strip_x) - 1).astype(np.float32),
        strip_at=(strip @ turn + origin - corner).astype(np.float32),
        heights=heights.astype(np.float32),
        fold=np.clip(FOLD_SHARE * (strip_lid - ceiling), 0, FOLD_E * e_px).astype(np.float32),
    )


def _box(points: Points, e_px: float, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    low, high = points.min(axis=0), points.max(axis=0)
    left, right = int(low[0] - BESIDE_E * e_px), int(high[0] + BESIDE_E * e_px) + 1
    top, bottom = int(low[1] - ABOVE_E * e_px), int(high[1] + BELOW_E * e_px) + 1
    rows = slice(max(0, top), min(shape[0], bottom))
    columns = slice(max(0, left), min(shape[1], right))
    if rows.stop - rows.start < 4 or columns.stop - columns.start < 4:
        return None
    return rows, columns


def _height(line: Points, x: Floats) -> Floats:
    order = np.argsort(line[:, 0])
    result: Floats = np.interp(x, line[order, 0], line[order, 1])
    return result


def _reach(x: Floats, width_px: float, e_px: float, lids: Lids) -> Floats:
    """Fade beyond the corners: farther at the outer one, whose lashes stand out."""
    left_e, right_e = (OUTER_E, INNER_E) if lids.outer_is_left else (INNER_E, OUTER_E)
    left = smoothstep((x / e_px + left_e) / (left_e + WITHIN_E))
    right = smoothstep(((width_px - x) / e_px + right_e) / (right_e + WITHIN_E))
    return left * right


def _travel(lid: Floats, floor: Floats, reach: Floats, e_px: float) -> Floats:
    """Return the way of the upper lid: to one soft line, a little below the lower one's edge."""
    shut = lid + (1 - LIFT) * np.maximum(floor - lid, 0) + SINKS_E * e_px * reach
    sigma = SOFT_LINE_E * e_px
    margin = round(4 * sigma) + 1
    padded = np.pad(shut, margin, mode="reflect", reflect_type="odd")
    soft = cv2.GaussianBlur(padded[None], (0, 0), sigma)[0, margin:-margin]
    return np.asarray(np.maximum(soft - lid, 0.0), np.float64)
