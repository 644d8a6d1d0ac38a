"""The warp's two smooth layers: thin-plate fields, solved once per photo, inverted per frame.

A field says where each point of the photo goes, linear in the parameters of the mouth, on a coarse
grid. One field carries the upper lip, one the lower; a single field would smear over the slit.
Knows points and numbers; knows no lips.

Source: F. L. Bookstein, "Principal warps: thin-plate splines and the decomposition of
deformations", PAMI 1989.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, 2)"""
Grid = NDArray[np.float32]
"""(h, w, 2) pixels: x, y."""

STIFFNESS = 1e-4
"""Diagonal of the thin-plate system: lets the field miss noisy control points by a hair."""
NEAREST_E = 0.004
"""Control points closer than this to an earlier one are dropped; the system would be singular."""
WINDOW = 0.12
"""Outer share of the region over which all motion fades to nothing."""
BEYOND_E = 0.22
"""How far outside the outline of the face motion fades out: a collar must not follow the jaw. Much
less, and the skin under a chin that drops is folded."""
NO_MAP = np.empty(0, dtype=np.float32)
"""``cv2.remap`` takes x and y in one map and wants an empty second one."""
BLOCK = 1000
"""Nodes that are solved for together: all at once need 70 MB for a moment."""
DAMPING, ROUNDS = 0.7, 8
"""Plain iteration diverges where the gradient exceeds 1 (swirls); this does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The part of the picture that may change, and the coarse grid over it."""

    x_px: int
    y_px: int
    columns: int
    rows: int
    step_px: int

    @property
    def width_px(self) -> int:
        """Width in pixels, a multiple of the step."""
        return self.columns * self.step_px

    @property
    def height_px(self) -> int:
        """Height in pixels, a multiple of the step."""
        return self.rows * self.step_px

    @property
    def window(self) -> tuple[slice, slice]:
        """The region as an index into the picture."""
        return (
            slice(self.y_px, self.y_px + self.height_px),
            slice(self.x_px, self.x_px + self.width_px),
        )

    def pixels_px(self) -> Grid:
        """Return where the region's pixels lie in the picture."""
        x, y = self.x_px + np.arange(self.width_px), self.y_px + np.arange(self.height_px)
        return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)

    def nodes_px(self) -> Grid:
        """Return where the grid's nodes lie in the picture: at the middles of its cells."""
        half = (self.step_px - 1) / 2
        x = self.x_px + np.arange(self.columns) * self.step_px + half
        y = self.y_px + np.arange(self.rows) * self.step_px + half
        return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)


def region_around(
    points_px: Points, e_px: float, margins_e: tuple[float, float, float], size_px: tuple[int, int]
) -> Region:
    """Put a region around the points, within a picture of (width, height) pixels.

    ``margins_e``: left and right, above, below, in units of ``e_px``.
    """
    beside, above, below = (m * e_px for m in margins_e)
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    left, top = max(0, int(low[0] - beside)), max(0, int(low[1] - above))
    right = min(size_px[0], int(high[0] + beside))
    bottom = min(size_px[1], int(high[1] + below))
    step = max(2, round(e_px / 45))
    return Region(
        x_px=left,
        y_px=top,
        columns=max(4, (right - left) // step),
        rows=max(4, (bottom - top) // step),
        step_px=step,
    )


def border_px(region: Region, per_side: int = 7) -> Points:
    """Return the points on the region's border that must not move."""
    along = np.linspace(0.0, 1.0, per_side)
    x = region.x_px + along * region.width_px
    y = region.y_px + along * region.height_px
    sides = [(x, np.full(per_side, edge)) for edge in (y[0], y[-1])]
    sides += [(np.full(per_side - 2, edge), y[1:-1]) for edge in (x[0], x[-1])]
    return np.concatenate([np.stack(side, axis=1) for side in sides])


class Layer:
    """One smooth field: ``bases`` (k, rows, columns, 2) in pixels, one per parameter."""

    def __init__(
        self,
        points_px: Points,
        moves_e: NDArray[np.float64],
        region: Region,
        e_px: float,
        strength: NDArray[np.float64],
    ) -> None:
        """Solve the field through the control points.

        ``moves_e`` is (n, k, 2) in units of E; ``strength`` (rows, columns) weakens all motion.
        """
        anchors = border_px(region)
        points = np.concatenate([points_px, anchors]) / e_px
        moves = np.concatenate([moves_e, np.zeros((len(anchors), *moves_e.shape[1:]))])
        kept = _apart(points)
        nodes = region.nodes_px().reshape(-1, 2).astype(np.float64) / e_px
        solved = thin_plate(points[kept], moves[kept].reshape(len(kept), -1), nodes)
        shape = (region.rows, region.columns, moves_e.shape[1], 2)
        bases = solved.reshape(shape).transpose(2, 0, 1, 3) * e_px
        weak = (bases * strength[None, :, :, None]).astype(np.float32)
        self.bases = np.ascontiguousarray(weak)
        columns, rows = np.meshgrid(np.arange(region.columns), np.arange(region.rows))
        self._nodes = np.stack([columns, rows], axis=-1).astype(np.float32)
        self._step_px = region.step_px

    def backward(self, weights: NDArray[np.float32]) -> Grid:
        """Return, for each node of the output, how far away its source lies, in pixels."""
        flat = weights @ self.bases.reshape(len(self.bases), -1)
        forward: Grid = flat.reshape(self._nodes.shape)
        back: Grid = np.zeros_like(forward)
        for _ in range(ROUNDS):
            at = self._nodes + back / np.float32(self._step_px)
            moved = cv2.remap(
                forward, at, NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            back -= np.float32(DAMPING) * (back + moved)
        return back


def thin_plate(points: Points, values: NDArray[np.float64], at: Points) -> NDArray[np.float64]:
    """Interpolate (n, m) values at the points smoothly; return them (len(at), m) elsewhere."""
    n = len(points)
    system = np.zeros((n + 3, n + 3))
    system[:n, :n] = _kernel(points, points) + STIFFNESS * np.eye(n)
    system[:n, n:] = np.column_stack([np.ones(n), points])
    system[n:, :n] = system[:n, n:].T
    solved = np.linalg.solve(system, np.concatenate([values, np.zeros((3, values.shape[1]))]))
    blocks = np.array_split(at, len(at) // BLOCK + 1)
    bent = np.concatenate([_kernel(block, points) @ solved[:n] for block in blocks])
    flat = np.column_stack([np.ones(len(at)), at])
    result: NDArray[np.float64] = bent + flat @ solved[n:]
    return result


def smoothstep(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rise smoothly from 0 to 1 while x goes from 0 to 1."""
    clipped = np.clip(x, 0.0, 1.0)
    result: NDArray[np.float64] = clipped * clipped * (3.0 - 2.0 * clipped)
    return result


def _kernel(a: Points, b: Points) -> NDArray[np.float64]:
    squared = ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=-1)
    result: NDArray[np.float64] = 0.5 * squared * np.log(np.maximum(squared, 1e-18))
    return result


def _apart(points: Points) -> list[int]:
    kept: list[int] = []
    for i, point in enumerate(points):
        if not kept or ((points[kept] - point) ** 2).sum(axis=1).min() >= NEAREST_E**2:
            kept.append(i)
    return kept


def strength_within(outline_px: Points, region: Region, e_px: float) -> NDArray[np.float64]:
    """Return (rows, columns): 1 inside the outline's hull, fading outwards, 0 at the border."""
    nodes = (outline_px - (region.x_px, region.y_px)) / region.step_px
    outside = np.ones((region.rows, region.columns), dtype=np.uint8)
    hull = cv2.convexHull(np.round(nodes * 16).astype(np.int32))
    cv2.fillConvexPoly(outside, hull, (0,), shift=4)
    away_px = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) * region.step_px
    beyond = 1.0 - smoothstep(np.asarray(away_px, dtype=np.float64) / (BEYOND_E * e_px))
    return beyond * _fade(region)


def _fade(region: Region) -> NDArray[np.float64]:
    """Return (rows, columns): 1 inside, 0 at the border."""

    def one_side(count: int) -> NDArray[np.float64]:
        position = np.arange(count) / max(1, count - 1)
        return smoothstep(np.minimum(position, 1.0 - position) / WINDOW)

    return np.outer(one_side(region.rows), one_side(region.columns))
