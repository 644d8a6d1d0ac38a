"""How the picture of a head moves when the head turns, nods and tilts a little.

A field over a coarse grid says where each point of the photo goes, linear in the five numbers of a
``sway`` row: near things move more than far ones when a head turns. It is whole on the head, fades
out over the neck before the collar, and around the head before the background. The field runs
forwards, so where a point goes is exact; pictures are drawn through its inverse.

Knows landmarks and numbers; knows no time. Another way to move is another basis here and a column
in ``sway.py``.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.layers import NO_MAP, Grid, Points, smoothstep
from pipeline.lipsync.mouth_axes import Plane
from pipeline.portrait import Landmarks, Pixels
from pipeline.portrait.pose import Pose

ROUNDS = 4
STEP_E = 1 / 14
"""Grid: one node per so much of E."""
RADII = (0.62, 0.72)
"""Half axes of an ellipse around the head, in widths and heights of the face."""
RAISED = 0.12
"""The middle of a head lies above that of its face, by so much of the face's height."""
FADES_FROM = 0.88
"""So many radii around its middle all moves alike: the whole face, chin and ears. What gives way
between a head that moves and a wall that does not is the hair, where nobody sees it; a door frame
that bends is seen."""
FADES_AT = (1.55, 1.30)
"""Nothing moves from so many radii on: around the hair, and beside the chin, where collars are."""
FLAT_FROM, FLAT_AT = 0.75, 1.25
"""Radii between which the depth of the head sinks to that of its outline, which turns in place."""
CHIN, COLLAR_E = 152, 0.45
"""Nothing moves from so far below the chin."""
LEAST = 0.002
"""What moves less than this share of the head does not move."""
EDGE_E = 0.15
"""Nothing moves at the edge of the picture, everything so far within."""
TILTS_ABOVE = 0.15
"""A head tilts about its joint with the neck, by so much of the face's height above the chin."""
CLIPPED = 0.8
NOSE, NOSE_E, NOSE_WIDTH = 4, 0.132, 0.16
"""The nose stands out by so much of E, and is so wide, against the face."""


class HeadField:
    """The motions of one photo's head."""

    def __init__(self, landmarks: Landmarks, pose: Pose, size_px: tuple[int, int]) -> None:
        """Prepare for a picture of (width, height) pixels."""
        e_px = pose.scale_px
        points = landmarks[:, :2].astype(np.float64)
        roll = np.radians(pose.roll_deg)
        self._right = np.array([np.cos(roll), np.sin(roll)])
        self._down = np.array([-np.sin(roll), np.cos(roll)])
        self._turned = np.stack([self._right, self._down])
        local = points @ self._turned.T
        low, high = local.min(axis=0), local.max(axis=0)
        middle, face = (low + high) / 2, high - low

        self._step_px = max(3, round(STEP_E * e_px))
        centre = (middle - (0, RAISED * face[1])) @ self._turned
        reach = FADES_AT[0] * float(max(RADII[0] * face[0], RADII[1] * face[1]))
        at = _nodes(centre - reach, centre + reach, self._step_px, size_px)
        whole = _whole(at @ self._turned.T, middle, face, local[CHIN], e_px)
        whole *= _inside(at, size_px, e_px)
        used = _used(whole)
        at, whole = at[used], whole[used]
        self._start = at[0, 0]
        left, top = (int(v) for v in self._start)
        right, bottom = (int(v) for v in np.minimum(at[-1, -1], size_px))
        self._box = (slice(top, bottom), slice(left, right))

        place = at @ self._turned.T
        near = _depth(landmarks, local, place, middle, face, e_px, whole)
        from_pivot = place - (middle[0], high[1] - TILTS_ABOVE * face[1])
        zero = np.zeros_like(whole)
        bases = [
            np.stack([near, zero], axis=-1),
            np.stack([zero, -near], axis=-1),
            np.stack([-from_pivot[..., 1], from_pivot[..., 0]], axis=-1),
            np.stack([zero + e_px, zero], axis=-1),
            np.stack([zero, zero + e_px], axis=-1),
        ]
        moves = np.stack(bases) @ self._turned * whole[..., None]
        self._bases = np.ascontiguousarray(moves, np.float32)
        columns, rows = np.meshgrid(np.arange(at.shape[1]), np.arange(at.shape[0]))
        self._nodes: Grid = np.stack([columns, rows], axis=-1).astype(np.float32)
        self._pixels = self._grid_places()

    @property
    def box(self) -> tuple[slice, slice]:
        """The part of the picture that may move, as an index into it."""
        return self._box

    def moved_points(self, row: NDArray[np.float32], points_px: Points) -> Points:
        """Return where points of the photo, (n, 2), lie in the frame of this track row."""
        field = self._forward(row).astype(np.float64)
        last = np.array(field.shape[1::-1]) - 1
        at = (points_px - self._start) / self._step_px
        inside = ((at >= 0) & (at <= last)).all(axis=1)[:, None]
        node = np.clip(np.floor(at), 0, last - 1).astype(np.intp)
        right, down = np.clip(at - node, 0, 1).T[..., None]
        x, y = node.T
        above = field[y, x] * (1 - right) + field[y, x + 1] * right
        below = field[y + 1, x] * (1 - right) + field[y + 1, x + 1] * right
        result: Points = points_px + inside * (above * (1 - down) + below * down)
        return result

    def move(self, picture: Pixels, row: NDArray[np.float32]) -> Pixels:
        """Return a new picture with the head as this track row has it."""
        if not row.any():
            return picture.copy()
        source = self._enlarged(self._backward(row))
        source += self._pixels
        result = picture.copy()
        result[self._box] = cv2.remap(
            picture, source, NO_MAP, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
        )
        return result

    def _forward(self, row: NDArray[np.float32]) -> Grid:
        flat = row @ self._bases.reshape(len(self._bases), -1)
        result: Grid = flat.reshape(self._nodes.shape)
        return result

    def _backward(self, row: NDArray[np.float32]) -> Grid:
        """Invert the field at its nodes, by a fixed point: it is smooth and small."""
        forward = self._forward(row)
        back: Grid = -forward
        for _ in range(ROUNDS):
            at = self._nodes + back / np.float32(self._step_px)
            back = -np.asarray(
                cv2.remap(forward, at, NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
                np.float32,
            )
        return back

    def _enlarged(self, field: Grid) -> Grid:
        """Return the field at every pixel of the box."""
        height, width = (part.stop - part.start for part in self._box)
        scale = np.float64(1 / self._step_px)
        to_nodes = np.array([[scale, 0, 0], [0, scale, 0]])
        wide = cv2.warpAffine(
            field,
            to_nodes,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(wide, np.float32)

    def _grid_places(self) -> Grid:
        x = np.arange(self._box[1].start, self._box[1].stop)
        y = np.arange(self._box[0].start, self._box[0].stop)
        return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)


def _nodes(low: Points, high: Points, step_px: int, size_px: tuple[int, int]) -> Points:
    """Return where the nodes of a grid lie that covers what of a box is in the picture."""
    # A head beyond the picture's edge leaves a few pixels of it, where nothing moves.
    start = np.clip(np.floor(low), 0, np.array(size_px) - 2).astype(int)
    stop = np.clip(np.ceil(high), start + 2, size_px).astype(int)
    x, y = (np.arange(a, b + step_px, step_px) for a, b in zip(start, stop, strict=True))
    return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float64)


def _used(whole: Plane) -> tuple[slice, slice]:
    """Return the rows and columns of nodes that move, and one more around; at least two."""
    sides = []
    for axis in (1, 0):
        moving = np.flatnonzero(whole.max(axis=axis) > LEAST)
        first, last = (moving[0], moving[-1]) if len(moving) else (0, 0)
        sides.append(slice(max(0, int(first) - 1), max(2, int(last) + 2)))
    return sides[0], sides[1]


def _whole(place: Grid, middle: Points, face: Points, chin: Points, e_px: float) -> Plane:
    """Return 1 on the head, falling to 0 in the background and at the collar."""
    off = _radius(place, middle, face)
    low = smoothstep((place[..., 1] - middle[1]) / (0.5 * face[1]) + 0.2)
    fades_at = FADES_AT[0] + low * (FADES_AT[1] - FADES_AT[0])
    around = 1 - smoothstep((off - FADES_FROM) / (fades_at - FADES_FROM))
    below_chin = (place[..., 1] - chin[1]) / e_px
    result: Plane = around * (1 - smoothstep((below_chin + 0.1) / (COLLAR_E + 0.1)))
    return result


def _radius(place: Grid, middle: Points, face: Points) -> NDArray[np.float64]:
    """Return how far each node lies from the middle of the head, in radii."""
    off = (place - middle + (0, RAISED * face[1])) / (RADII * face)
    return np.asarray(np.linalg.norm(off, axis=-1), np.float64)


def _inside(at: Points, size_px: tuple[int, int], e_px: float) -> Plane:
    """Return 0 at the edge of the picture, 1 within."""
    to_edge = np.minimum(at, np.array(size_px) - 1 - at).min(axis=-1)
    result: Plane = smoothstep(to_edge / (EDGE_E * e_px))
    return result


def _depth(
    landmarks: Landmarks,
    local: Points,
    place: Grid,
    middle: Points,
    face: Points,
    e_px: float,
    whole: Plane,
) -> Plane:
    """Return how far each node stands out, in pixels: a bowl through the mesh, and a nose."""
    terms = _terms((local - middle) / face)
    fit, *_ = np.linalg.lstsq(terms, -landmarks[:, 2].astype(np.float64), rcond=None)
    bowl = _terms(np.clip((place - middle) / face, -CLIPPED, CLIPPED)) @ fit
    bowl -= np.percentile(bowl[whole > 0.9], 5) if (whole > 0.9).any() else bowl.min()
    bowl *= 1 - smoothstep((_radius(place, middle, face) - FLAT_FROM) / (FLAT_AT - FLAT_FROM))
    off = (place - local[NOSE]) / (NOSE_WIDTH * face)
    result: Plane = bowl + NOSE_E * e_px * np.exp(-(off**2).sum(axis=-1))
    return result


def _terms(at: Grid | Points) -> NDArray[np.float64]:
    x, y = at[..., 0], at[..., 1]
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
