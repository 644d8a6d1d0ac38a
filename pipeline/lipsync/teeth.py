"""Two rows of teeth: which part of the mouth they cover and how bright they are there.

Widths and heights are in E, x grows to both sides from the middle of the face, y downwards. The
shape of a row does not change with the opening, only its edge moves; so everything that depends on
x alone is computed once per photo. Knows shapes; knows no colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.layers import smoothstep
from pipeline.lipsync.mouth_axes import Plane

STEPS = 1024
REACH_E = 0.5
"""Half the width that the tables cover."""
SEAM_E, SEAM_DARK = 0.0055, 0.17


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShape:
    """One row, from the middle outwards."""

    widths: tuple[float, ...]
    height: float
    arc: float
    """How much higher the edge lies at the sides, per x squared."""
    brightness: float
    is_upper: bool
    seen_to: tuple[float, float]
    """From so far to the sides a tooth sinks into the dark, until it is not seen; E."""


UPPER = RowShape(
    widths=(0.092, 0.072, 0.066, 0.055, 0.05, 0.045),
    height=0.20,
    arc=0.35,
    brightness=1.0,
    is_upper=True,
    seen_to=(0.22, 0.38),
)
LOWER = RowShape(
    widths=(0.058, 0.06, 0.066, 0.06, 0.055),
    height=0.12,
    arc=-0.10,
    brightness=0.88,
    is_upper=False,
    seen_to=(0.07, 0.20),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row laid over the pixels of one photo."""

    edge: Plane
    """Where the biting edge lies, relative to the edge of the middle teeth; in E, down."""
    light: Plane
    """How bright the row is, from tooth to tooth."""
    seen: Plane
    """How much of it is seen, less to the sides."""
    shape: RowShape
    soft: float
    """Half a pixel, in E."""

    @classmethod
    def over(cls, x: Plane, shape: RowShape, e_px: float) -> Self:
        """Lay a row over pixels with these x."""
        edge, light, seen = (table[_steps(x)] for table in _tables(shape))
        return cls(edge=edge, light=light, seen=seen, shape=shape, soft=0.6 / e_px)

    def cover(self, y: Plane, edge_y: float, window: tuple[slice, slice]) -> tuple[Plane, Plane]:
        """Return coverage and brightness of the row within a window, its middle edge at edge_y."""
        outward = 1.0 if self.shape.is_upper else -1.0
        # The distance from the edge into the tooth.
        inward = outward * (edge_y + self.edge[window] - y)
        rim = np.clip(inward / (2 * self.soft) + 0.5, 0.0, 1.0)
        root = np.clip((self.shape.height - inward) / 0.02, 0.0, 1.0)
        tip = 1.0 - 0.10 * np.clip(1.0 - inward / 0.03, 0.0, 1.0)
        return rim * root * self.seen[window], self.light[window] * tip


def _steps(x: Plane) -> NDArray[np.intp]:
    return np.minimum(np.abs(x) * (STEPS / REACH_E), STEPS - 1).astype(np.intp)


def _tables(shape: RowShape) -> tuple[Plane, Plane, Plane]:
    """Tabulate edge, brightness and visibility over |x|."""
    x = (np.arange(STEPS) + 0.5) * (REACH_E / STEPS)
    ends = np.cumsum(shape.widths)
    tooth = np.minimum(np.searchsorted(ends, x), len(ends) - 1)
    starts = np.concatenate([[0.0], ends[:-1]])
    fraction = np.clip((x - starts[tooth]) / np.array(shape.widths)[tooth], 0.0, 1.0)
    off_middle = np.abs(2 * fraction - 1)

    embrasure = 0.010 * off_middle**4
    lateral = np.where((tooth == 1) & shape.is_upper, 0.006, 0.0)
    retreat = (embrasure + lateral) * (1.0 if shape.is_upper else -1.0)
    edge = -shape.arc * x**2 - retreat

    to_seam = np.minimum(fraction, 1 - fraction) * np.array(shape.widths)[tooth]
    seam = 1.0 - SEAM_DARK * np.exp(-((to_seam / (SEAM_E / 2)) ** 2))
    body = 0.90 + 0.10 * (1 - off_middle**2)
    sides = np.clip(1.02 - 0.715 * (x / 0.30) ** 2, 0.25, 1.0)
    light = shape.brightness * body * seam * sides * (x < ends[-1])
    first, last = shape.seen_to
    seen = 1.0 - smoothstep(np.asarray((x - first) / (last - first), np.float64))
    return edge.astype(np.float32), light.astype(np.float32), seen.astype(np.float32)
