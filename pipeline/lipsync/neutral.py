"""The neutral mouth: a closed mouth out of any photo, and the six moves that start from it.

Photos smile. What is drawn is always "closed, plus opening", so the first of the six bases closes
the mouth of the photo; the others are one parameter of the mouth each. All of it holds at the
landmarks; ``layers.py`` carries it to every pixel. Knows no pixels.

Where the next one goes: a new move is a row in ``_Moves``, its weight in ``basis_weights``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync.layers import Points
from pipeline.lipsync.track import MouthTrack
from pipeline.portrait import Landmarks
from pipeline.portrait.pose import Pose

OPEN_E = 0.025
"""A photo whose inner lips are further apart than this shows an open mouth."""
MARGIN_E = 0.012
"""How far the contours of an open mouth move into the lip: else teeth fringe a closed mouth."""
LIFTED_E, LIFTED_SHARE, MOST_LIFTED = 0.035, 0.19, 0.42
"""How far the upper lip comes down to close: a smile has lifted it by much the same whatever the
gap, a dropped jaw by a share of it; never more than this part of the gap. A fixed share (0.18)
left the upper lip of a smile too thin: small openings then read as wide ones."""
ARCH_E = (-0.030, 0.085)
"""How far the closed slit may arch above and below the chord between the corners."""
TRAVEL = (0.10, 0.58)
"""Least and greatest part of the gap that the upper lip may bridge; more tears a moustache."""
OWN_LINE = 2.25
"""How soon towards the corners the closed slit gives up its own line for a bow. A little more or
less and a mesh sees blurred lips at rest, or turned ones that open, otherwise: see the bench."""
# fmt: off
DRAGGED = (
    (0.75, (57, 287, 212, 432, 216, 436, 206, 426, 207, 427, 214, 434, 187, 411, 192, 416)),
    (0.35, (43, 273, 202, 422, 210, 430, 203, 423, 205, 425)),
)
# fmt: on
"""Landmarks along the folds, and how much more than measured on smooth faces they move where folds
are deepest."""
AT_REST_E = 0.60
"""Width of a mouth at rest; what is wider smiles."""
GIVES_WAY = (0.45, 0.70)
"""How much of a smile goes while its mouth is open, and while it is rounded."""
OPENED_E, ROUNDED_E, NARROWEST_E = 0.07, 0.075, -0.15
"""An opening and a narrowing that count whole; the most that a mouth can be narrowed."""
UNPRESSED_E = 0.05
"""Lips that are pressed at rest are not any more when they are open so far."""
ON_EDGE_E, CLEAR_E = 0.025, 0.045
"""Where hair hides the edge of a lip the mesh lays skin upon it, nearer than the first. What of
the skin is nearer than the second then moves as the lip does; else it crumples the lip."""
PRESSED = 0.22
"""How far pressed lips roll in, as a part of the height of the lip."""

Moves = NDArray[np.float64]
"""(n, 6, 2) displacement of n points per basis: close, gap, width, up, press, rounding; in E."""

CLOSED, PRESS = np.eye(6, dtype=np.float32)[[0, 4]]
"""The weights of the closed mouth, and of nothing but pressed lips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPoints:
    """Control points of one layer and how they move."""

    points_px: Points
    moves: Moves


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutralMouth:
    """What the warp and the painter need to know of one photo's mouth."""

    upper: LayerPoints
    lower: LayerPoints
    upper_inner: LayerPoints
    """The 11 points of the inner contour, from corner to corner."""
    lower_inner: LayerPoints
    outer_corners: LayerPoints
    photo_gap_e: float
    """Gap in the photo, in E."""
    smile_e: float
    """How much wider the mouth of the photo is than one at rest."""

    @property
    def was_open(self) -> bool:
        """Tell whether the photo shows an open mouth."""
        return self.photo_gap_e > OPEN_E


def basis_weights(
    track: MouthTrack, frame: int, smile_e: float = 0.0, press_at_rest: float = 0.0
) -> NDArray[np.float32]:
    """Return the weights of the six bases for one frame.

    Nobody says "oo" through a grin: a smile gives way while the mouth is open or rounded. Lips
    that are pressed while they rest are pressed half as much again for p, b and m.
    """
    gap, width = float(track.gap[frame]), float(track.width[frame])
    opened, rounded = min(1.0, gap / OPENED_E), min(1.0, max(0.0, -width / ROUNDED_E))
    width -= smile_e * max(GIVES_WAY[0] * opened, GIVES_WAY[1] * rounded)
    resting = press_at_rest * max(0.0, 1.0 - gap / UNPRESSED_E)
    press = resting + float(track.press[frame]) * (1.0 - resting / 2)
    rest = (float(track.up[frame]), press, float(track.rounding[frame]))
    return np.array([1.0, gap, max(width, NARROWEST_E), *rest], dtype=np.float32)


def neutral_mouth(landmarks: Landmarks, pose: Pose, laxity: float = 0.0) -> NeutralMouth:
    """Find the closed mouth of a photo and the moves of all control points.

    ``laxity``, 0 to 1, is how deep the folds beside the mouth are: such skin is dragged along.
    """
    moves = _Moves(landmarks, pose, laxity)

    def layer(*groups: tuple[int, ...]) -> LayerPoints:
        rows = list(dict.fromkeys(i for group in groups for i in group))
        return moves.at(rows)

    upper_inner = moves.inner(upper=True)
    lower_inner = moves.inner(upper=False)
    upper_skin = moves.clear_of(lips.UPPER_OUTER, lips.UPPER_SKIN)
    lower_skin = moves.clear_of(lips.LOWER_OUTER, lips.CHIN)
    upper_rest = layer(lips.UPPER_OUTER, upper_skin, lips.SHARED)
    lower_rest = layer(lips.LOWER_OUTER, lower_skin, lips.SHARED)
    return NeutralMouth(
        upper=_joined(upper_inner, upper_rest),
        lower=_joined(lower_inner, lower_rest),
        upper_inner=upper_inner,
        lower_inner=lower_inner,
        outer_corners=moves.at([lips.UPPER_OUTER[0], lips.UPPER_OUTER[-1]]),
        photo_gap_e=moves.photo_gap_e,
        smile_e=moves.smile_e,
    )


def _joined(first: LayerPoints, second: LayerPoints) -> LayerPoints:
    return LayerPoints(
        points_px=np.concatenate([first.points_px, second.points_px]),
        moves=np.concatenate([first.moves, second.moves]),
    )


class _Moves:
    """Computes in units of E in the picture's axes; indices are those of the mesh."""

    def __init__(self, landmarks: Landmarks, pose: Pose, laxity: float) -> None:
        self._e_px = pose.scale_px
        self._points = landmarks[:, :2].astype(np.float64) / pose.scale_px
        turn = pose.rotation[:2, :2].astype(np.float64)
        table = lips.lip_motion()
        drag = np.ones((len(landmarks), 1))
        for share, rows in DRAGGED:
            drag[list(rows)] += share * laxity
        self._jaw, self._wide = (drag * moves @ turn.T for moves in (table.jaw, table.wide))
        self._down = turn[:, 1]
        self._ydir = turn[:, 1] / np.linalg.norm(turn[:, 1])

        upper, lower = self._rows(lips.UPPER_INNER), self._rows(lips.LOWER_INNER)
        gaps = (lower - upper) @ self._ydir
        self.photo_gap_e = max(0.0, float(gaps[lips.MIDDLE]))
        if self.photo_gap_e > OPEN_E:
            margin = MARGIN_E * np.clip(gaps / gaps[lips.MIDDLE], 0.0, 1.0)[:, None] * self._ydir
            margin[[0, -1]] = 0.0
            self._upper, self._lower = upper - margin, lower + margin
            self._closing = self.photo_gap_e
        else:
            self._upper = self._lower = (upper + lower) / 2
            self._closing = 0.0
        ends = self._rows((lips.UPPER_OUTER[0], lips.UPPER_OUTER[-1]))
        across = np.linalg.inv(turn) @ (ends[1] - ends[0])
        self.smile_e = max(0.0, float(np.linalg.norm(across)) - AT_REST_E)
        self._slit = self._closed_slit()
        self._profile = np.sin(np.pi * _along(self._slit)) ** 0.7
        self._rest = self._moves_of_the_rest()

    def at(self, rows: list[int]) -> LayerPoints:
        """Return the control points of these landmarks; not for the inner contours."""
        return LayerPoints(points_px=self._points[rows] * self._e_px, moves=self._rest[rows])

    def clear_of(self, lip: tuple[int, ...], skin: tuple[int, ...]) -> tuple[int, ...]:
        """Return the landmarks of skin; without those around a lip's edge if some lie on it."""
        others = tuple(row for row in skin if row not in lip)
        edge = self._rows(lip[1:-1])
        away = np.linalg.norm(self._rows(others)[:, None] - edge[None], axis=-1).min(axis=1)
        if away.min() > ON_EDGE_E:
            return others
        return tuple(row for row, far in zip(others, away > CLEAR_E, strict=True) if far)

    def inner(self, *, upper: bool) -> LayerPoints:
        """Return one inner contour."""
        rows = list(lips.UPPER_INNER if upper else lips.LOWER_INNER)
        points = self._upper if upper else self._lower
        raised = self._profile[:, None] * self._down
        sign = -1.0 if upper else 1.0
        moves = [
            self._slit - points,
            self._jaw[rows],
            self._wide[rows],
            -1.0 * raised if upper else np.zeros_like(points),
            np.zeros_like(points),
            sign * 0.2 * raised,
        ]
        return LayerPoints(points_px=points * self._e_px, moves=np.stack(moves, axis=1))

    def _closed_slit(self) -> Points:
        """Return where the two inner contours meet, (11, 2)."""
        upper, lower, ydir = self._upper, self._lower, self._ydir
        corners = [lips.UPPER_INNER[0], lips.UPPER_INNER[-1]]
        ends = upper[[0, -1]] - self._closing * self._jaw[corners]
        gaps = np.maximum(0.0, (lower - upper) @ ydir)
        share = _lifted_share(self._closing)
        target: Points = upper + share * (lower - upper)
        t = _along(np.concatenate([ends[:1], target[1:-1], ends[1:]]))
        chord = ends[0] + t[:, None] * (ends[1] - ends[0])
        if self._closing > 0.0:
            room = 4.0 * t * (1.0 - t)
            arch, raised = (target - chord) @ ydir, (upper - chord) @ ydir
            limited = np.clip(arch, ARCH_E[0] * room, ARCH_E[1] * room)
            travel = np.clip(limited - raised, TRAVEL[0] * gaps, TRAVEL[1] * gaps)
            target += (_without_notches(t, raised + travel) - arch)[:, None] * ydir
        target[[0, -1]] = ends
        return target

    def _moves_of_the_rest(self) -> Moves:
        """Return the moves of every landmark but the inner contours, (478, 6, 2)."""
        close: Points = -self._closing * self._jaw
        up, press, rounding = (np.zeros_like(self._jaw) for _ in range(3))
        raised = self._profile[:, None] * self._down
        inner = slice(1, -1)
        for outer_rows, contour, lift, spread in (
            (lips.UPPER_OUTER, self._upper, -0.8, -0.6),
            (lips.LOWER_OUTER, self._lower, 0.0, 0.9),
        ):
            rows = list(outer_rows)
            close[rows[inner]] = 0.95 * (self._slit - contour)[inner]
            up[rows] = lift * raised
            rounding[rows] = spread * raised
            press[rows[inner]] = PRESSED * (self._slit - self._points[rows] - close[rows])[inner]
        up[[164, 167, 393, 165, 391]] = -0.4 * self._down
        return np.stack([close, self._jaw, self._wide, up, press, rounding], axis=1)

    def _rows(self, rows: tuple[int, ...]) -> Points:
        result: Points = self._points[list(rows)]
        return result


def _lifted_share(gap_e: float) -> float:
    """Return the part of the gap that the upper lip bridges; the jaw closes the rest."""
    return min(MOST_LIFTED, LIFTED_SHARE + LIFTED_E / gap_e) if gap_e > 0.0 else MOST_LIFTED


def _along(contour: Points) -> NDArray[np.float64]:
    """Return how far along the chord from end to end each point lies, 0 to 1."""
    chord = contour[-1] - contour[0]
    result: NDArray[np.float64] = np.clip(
        (contour - contour[0]) @ chord / (chord @ chord), 0.0, 1.0
    )
    return result


def _without_notches(t: NDArray[np.float64], arch: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a line over its chord that ends in a bow, as high and as leaning as the line is.

    What an open mouth, round or square, shows near its corners would be notches in a shut one.
    """
    room = 4.0 * t * (1.0 - t)
    bow = arch[lips.MIDDLE] / room[lips.MIDDLE] * room
    leaning = room * (t - t[lips.MIDDLE])
    bow += leaning * (leaning @ (arch - bow) / (leaning @ leaning))
    result: NDArray[np.float64] = bow + room**OWN_LINE * (arch - bow)
    return result
