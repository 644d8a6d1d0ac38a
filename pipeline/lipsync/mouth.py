"""The inside of the mouth, painted: cavity, tongue, teeth, shadows.

Drawn in the mouth's own axes (``mouth_axes.py``, straightened), only in the box of the opening.
Upper teeth are fixed to the skull, lower teeth and tongue ride on the jaw. Where the photo shows
teeth, its own are used. Knows contours and colours; knows no landmark and no sound.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import teeth
from pipeline.lipsync.layers import Points
from pipeline.lipsync.mouth_axes import Plane
from pipeline.lipsync.palette import Palette
from pipeline.lipsync.tone import toned
from pipeline.portrait import Pixels

Paint = NDArray[np.floating]
"""(h, w, 3) RGB, or (3,) for one colour."""

SMALLEST_GAP_E = 0.004
CAVITY = np.array([84.0, 24.0, 26.0], dtype=np.float32)
TONGUE = np.array([178.0, 84.0, 84.0], dtype=np.float32)
LOWER_TEETH_E = 0.042
"""How much of the lower teeth is seen in a wide mouth; more where the photo shows more."""
UNDER_LIP, UNDER_LIP_E = 0.20, 0.014
"""How dark the shadow of the upper lip is, and how far it reaches."""
ABOVE_LIP, ABOVE_LIP_E = 0.55, 0.030
"""The same above the lower lip. Without it bright teeth run into a bright lip, and an eye, or a
mesh, sees a wider mouth: r on a laughing man was 0.947."""
PAINT_SOFT_E = 0.0055
"""How far what is painted is blurred, to look no sharper than a photo."""
WARMTH = np.array([0.75, 1.05, 1.15], dtype=np.float32)
"""Exponents of red, green, blue in a shadow: flesh all around reddens it; grey teeth look dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The pixels that may be painted, and where each lies in the mouth's straightened axes."""

    x: Plane
    y: Plane
    e_px: float
    photo: Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What one frame sees through the opening: a box of pixels and the lips around it, in E."""

    box: tuple[slice, slice]
    x: Plane
    y: Plane
    top: Plane
    """y of the upper lip above or below each pixel."""
    bottom: Plane
    corners: tuple[float, float]
    gap: float
    tongue: float


class InnerMouth:
    """The painter of one photo's mouth."""

    def __init__(self, place: Place, palette: Palette) -> None:
        """Prepare the teeth; the palette's mask covers the same pixels as the place."""
        self._place, self._palette = place, palette
        self._upper = teeth.Row.over(place.x, teeth.UPPER, place.e_px)
        self._lower = teeth.Row.over(place.x, teeth.LOWER, place.e_px)

    def paint(
        self,
        region: Pixels,
        contours_px: tuple[Points, Points],
        contours_e: tuple[Points, Points],
        tongue: float,
    ) -> None:
        """Paint into the region, in place, between the upper and the lower inner contour.

        The contours are given twice, each from corner to corner: in pixels of the region, and in
        the mouth's straightened axes.
        """
        gaps = contours_e[1][:, 1] - contours_e[0][:, 1]
        if gaps.max() <= SMALLEST_GAP_E:
            return
        e_px = self._place.e_px
        polygon = _narrowed(contours_px, np.maximum(gaps, 0.0), e_px)
        if len(polygon) == 0:
            return
        box = _box(polygon, region.shape, margin_px=2 + round(0.02 * e_px))
        if box is None:
            return
        view = self._view(box, *contours_e, tongue)
        painted = _softened(self._teeth(self._tongue(self._cavity(view), view), view), e_px)
        inside = self._own_teeth(painted, view) * _shade(_contact(view))
        under = region[box].astype(np.float32)
        opening = _opening(polygon, box, soft_px=0.006 * e_px)
        seen = _over(under, opening, toned(inside, self._palette.tone))
        region[box] = np.clip(seen + 0.5, 0, 255)

    def _view(
        self, box: tuple[slice, slice], upper: Points, lower: Points, tongue: float
    ) -> _View:
        x, y = self._place.x[box], self._place.y[box]
        return _View(
            box=box,
            x=x,
            y=y,
            top=np.interp(x, upper[:, 0], upper[:, 1]).astype(np.float32),
            bottom=np.interp(x, lower[:, 0], lower[:, 1]).astype(np.float32),
            corners=(float(upper[0, 0]), float(upper[-1, 0])),
            gap=float((lower - upper)[:, 1].max()),
            tongue=tongue,
        )

    def _cavity(self, view: _View) -> Paint:
        depth = np.clip((view.y - view.top) / np.maximum(view.bottom - view.top, 1e-3), 0.0, 1.0)
        result: Paint = CAVITY * (0.75 * self._palette.light) * (0.50 + 0.55 * depth)[..., None]
        return result

    def _tongue(self, under: Paint, view: _View) -> Paint:
        middle_y = 0.92 * view.gap - 0.38 * view.tongue * view.gap
        half_width = 0.78 * (view.corners[1] - view.corners[0]) / 2
        across = view.x / max(1e-3, half_width)
        along = (view.y - middle_y) / (0.045 + 0.34 * view.gap)
        cover = _rise((1.0 - across**2 - along**2) / 0.6) * _rise((view.gap - 0.03) / 0.06)
        flesh = 0.86 * (0.35 * self._palette.lip + 0.65 * TONGUE * self._palette.light)
        back = 0.55 + 0.45 * _rise((along + 1.0) / 1.1)
        groove = 1.0 - 0.14 * np.exp(-((view.x / 0.025) ** 2)) * _rise(view.gap / 0.1)
        return _over(under, cover, (back * groove)[..., None] * flesh)

    def _teeth(self, under: Paint, view: _View) -> Paint:
        tooth = self._palette.tooth
        below_lip = view.y - view.top
        shown_e = max(LOWER_TEETH_E, min(self._palette.lower_teeth_e, 2 * LOWER_TEETH_E))
        edge_y = view.gap - min(0.26 * view.gap * shown_e / LOWER_TEETH_E, shown_e) + 0.004
        cover, bright = self._lower.cover(view.y, edge_y, view.box)
        bright = bright * (0.60 + 0.40 * _rise(below_lip / 0.09))
        seen = _over(under, cover * _rise((view.gap - 0.05) / 0.08), _shade(bright) * tooth)

        cover, bright = self._upper.cover(view.y, 0.022 + 0.09 * view.gap, view.box)
        bright = bright * (0.84 + 0.16 * _rise(below_lip / 0.03))
        bright = bright * (0.90 + 0.10 * _rise(view.gap / 0.07))
        return _over(seen, cover, _shade(bright) * tooth)

    def _own_teeth(self, under: Paint, view: _View) -> Paint:
        own = self._palette.own_teeth
        if own is None:
            return under
        return _over(under, own[view.box], self._place.photo[view.box].astype(np.float32))


def _contact(view: _View) -> Plane:
    """Return how much light the lips and the corners leave."""
    left = 1 - UNDER_LIP * (1 - _rise((view.y - view.top) / UNDER_LIP_E))
    left = left * (1 - ABOVE_LIP * (1 - _rise((view.bottom - view.y) / ABOVE_LIP_E)))
    to_corner = np.minimum(view.x - view.corners[0], view.corners[1] - view.x)
    result: Plane = left * (0.55 + 0.45 * _rise(to_corner / 0.07))
    return result


def _softened(paint: Paint, e_px: float) -> Paint:
    """Blur what is painted, to match a photo."""
    soft = cv2.GaussianBlur(paint.astype(np.float32), (0, 0), max(0.3, PAINT_SOFT_E * e_px))
    return soft.astype(np.float32, copy=False)


def _narrowed(
    contours_px: tuple[Points, Points], gaps: NDArray[np.float64], e_px: float
) -> Points:
    """Return the polygon of the opening, thinner than the gap: it must not run to the corners.

    It ends where it has no width left: filled, even an edge without width is a dark line.
    """
    upper, lower = contours_px
    across = np.linspace(-1.0, 1.0, len(upper))
    less = np.minimum(gaps, 0.004 + 0.030 * across**2 + 0.50 * gaps * across**4)
    wide = np.flatnonzero(gaps > less)
    if len(wide) == 0:
        return np.empty((0, 2))
    inward = lower - upper
    length = np.maximum(np.linalg.norm(inward, axis=1), 1e-6)
    step = inward * np.minimum(less * e_px / 2 / length, 0.5)[:, None]
    kept = slice(max(0, int(wide[0]) - 1), int(wide[-1]) + 2)
    return np.concatenate([(upper + step)[kept], (lower - step)[kept][::-1]])


def _box(polygon: Points, shape: tuple[int, ...], margin_px: int) -> tuple[slice, slice] | None:
    """Return the box of the polygon within the region; None if nothing of it is left."""
    left, top = (int(v) for v in np.maximum(np.floor(polygon.min(axis=0)) - margin_px, 0))
    right, bottom = (int(v) for v in np.ceil(polygon.max(axis=0)) + margin_px + 1)
    right, bottom = min(right, shape[1]), min(bottom, shape[0])
    if right - left < 2 or bottom - top < 2:
        return None
    return slice(top, bottom), slice(left, right)


def _opening(polygon: Points, box: tuple[slice, slice], soft_px: float) -> Plane:
    """Return how much of each pixel of the box is opening, softened."""
    mask = np.zeros((box[0].stop - box[0].start, box[1].stop - box[1].start), dtype=np.uint8)
    corners = np.round((polygon - (box[1].start, box[0].start)) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], (255,), cv2.LINE_AA, shift=4)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.4, soft_px))
    return soft.astype(np.float32) / np.float32(255)


def _shade(light: Plane) -> Paint:
    """Return what a colour is multiplied with in this much light."""
    result: Paint = np.maximum(light, 0.0)[..., None] ** WARMTH
    return result


def _over(under: Paint, cover: Plane, paint: Paint) -> Paint:
    """Lay paint over what is there, as opaque as ``cover`` says."""
    result: Paint = under + cover[..., None] * (paint - under)
    return result


def _rise(x: Plane | float) -> Plane:
    """Rise smoothly from 0 to 1 while x goes from 0 to 1."""
    clipped = np.clip(x, 0.0, 1.0)
    result: Plane = clipped * clipped * (3.0 - 2.0 * clipped)
    return result
