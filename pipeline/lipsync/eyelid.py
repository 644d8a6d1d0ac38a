"""One eyelid coming down over the photo's open eye, made of the photo's own pixels.

Skin unrolls from under the fold: the colours around the eye, grown smoothly over it, with the
grain of the cheek, shaded by the fold above and by its own roundness, creased under a heavy brow.
The photo's lashes ride on its edge while the eye is open; they foreshorten to nothing, and a shut
eye is a thin dark line with single hairs hanging from it. Folds above smooth out while the lid is
down. The eye itself is covered, never warped; at 0 the photo is unchanged, pixel by pixel. Tried
before: a painted plane with a drawn line, and the photo's lashes turned over: at 1024 px both
looked like a doll's eye.

Knows one eye; knows no time.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.eye import Column, EyeShape
from pipeline.lipsync.hood import Hood
from pipeline.lipsync.lashes import SPREAD, lashes_of
from pipeline.lipsync.layers import smoothstep
from pipeline.lipsync.mouth_axes import Plane
from pipeline.lipsync.skin import Paint, grain
from pipeline.lipsync.tone import tone_of, toned
from pipeline.portrait import Pixels

BELOW_E, SOFT_E = 0.008, 0.014
"""How far below its edge the lid covers (its wet rim), and how softly it ends."""
LIFT_FADES_E = 0.16
"""Below the lower lid, skin gives way to it over this length."""
UP, DOWN = 1.0, 0.1
"""Length of the lashes as seen, against the photo's, when open and when they point at us."""
SHORTEST = 0.25
"""The edge of a lid stays as dark as this much of its lashes."""
HANGS = (0.45, 0.85)
"""From so far down its own lashes give way to the line of a shut eye, until they are gone."""
LINE, LINE_E = 0.95, 0.009
"""That line: how dark against the roots of the lashes, and half its width."""
THIN, TAPERS = 0.4, 0.4
"""At the inner corner it has so much of that dark; it runs out over this share of the width."""
HANG, HANG_E, HAIR_E = 0.62, 0.023, 0.006
"""Lashes below it: how dark where they begin, how long, and how far from one hair to the next."""
UNFOLDS = 0.6
"""How much of the folds a shut lid smooths out."""
BULGE, RIM = 0.05, 0.16
"""How much brighter the middle of a shut lid is, and how much darker its rim."""
WARMTH = np.array([0.7, 1.05, 1.2], np.float32)
"""Exponents of red, green, blue in the shade of a fold: light reaches it through skin."""
OVERHANG_E = 0.05
"""How far down a lid the fold above it casts its shade."""
SHADOW, SHADOW_E = 0.12, 0.02
"""The shadow of a shut lid on the skin below it."""


class Eyelid:
    """The lid of one eye; ``cheek`` is any patch of plain skin, for its grain."""

    def __init__(self, picture: Pixels, eye: EyeShape, cheek: Pixels) -> None:
        lashes, e_px = lashes_of(picture, eye), eye.e_px
        self._eye, self._strip, self._e_px = eye, lashes.ink, np.float32(e_px)
        height, free = lashes.height_px, lashes.free_px
        self._inside = _rise(eye.opening / np.maximum(0.5 * eye.opening.max(), 1))
        self._lashes = _rise((SPREAD * height - eye.above) / ((SPREAD - 1) * height))
        folds = self._inside * _rise((1 - eye.above / free) / 0.5)
        self._folds = UNFOLDS * np.where(free > 1.01 * SPREAD * height, folds, 0)
        photo = picture[eye.box].astype(np.float32)
        self._hood = Hood(eye, lashes)
        self._lid = lashes.lid + self._hood.grain[..., None] * grain(cheek, photo.shape, e_px)
        top_px = np.maximum(SPREAD * height, free)
        self._lid += _joined(photo - lashes.lid, eye.above, top_px, e_px)
        under_px = np.maximum(top_px - eye.above, 0)
        shade = lashes.overhang * np.exp(-under_px / (OVERHANG_E * e_px))
        self._lid *= (1 - shade).astype(np.float32)[..., None] ** WARMTH
        tone = tone_of(picture)
        self._lid = toned(self._lid, tone)
        self._warmth = (1 + WARMTH) / 2 if tone is None else np.ones_like(WARMTH)
        self._root, self._long = lashes.root, height / max(1e-3, float(height.max()))
        self._hairs, self._lean = _hairs(eye, e_px)
        self._ends = THIN + (1 - THIN) * _rise((1 - eye.inwards) / TAPERS)
        rows, columns = np.mgrid[0 : photo.shape[0], 0 : photo.shape[1]]
        self._columns, self._rows = columns.astype(np.float32), rows.astype(np.float32)

    def close(self, frame: Pixels, share: float) -> None:
        """Draw the lid, in place, ``share`` of the way down; the frame lies as the photo does."""
        if share <= 0.0:
            return
        eye, e_px = self._eye, self._e_px
        travel = np.float32(share) * eye.travel
        above_line = eye.above + travel
        begun = eye.reach * np.float32(min(1.0, 4 * share))
        before = frame[eye.box].astype(np.float32)
        lid = self._lid * (1 + np.float32(share) * self._light(travel))[..., None]
        lid *= (1 + np.float32(share) * self._hood.light(travel))[..., None] ** self._warmth
        bare = np.maximum(begun * self._lashes, np.float32(share) * self._folds)
        seen = _over(before, bare, lid)

        gone = float(smoothstep(np.array((share - HANGS[0]) / (HANGS[1] - HANGS[0]))))
        own = begun * np.float32(1 - gone)
        length = max(UP + (DOWN - UP) * share / HANGS[1], SHORTEST)
        ink = self._ink(np.maximum(above_line, 0) / np.float32(length))
        seen *= 1 - own[..., None] * (1 - ink)
        edge = np.float32(max(0.8, SOFT_E * float(e_px)))
        covers = begun * _rise((above_line + BELOW_E * e_px) / edge + 0.5)
        under = self._lifted(before, np.float32(share) * eye.lift)
        shadow = np.exp(-(((above_line + BELOW_E * e_px) / (SHADOW_E * e_px)) ** 2))
        under *= (1 - SHADOW * share * shadow * begun)[..., None]
        drawn = _over(under, covers, seen)
        line = (begun - own) * self._shut_line(above_line / e_px)
        drawn *= 1 - line[..., None] * (1 - self._root)
        frame[eye.box] = np.clip(drawn + 0.5, 0, 255)

    def _shut_line(self, above_e: Plane) -> Plane:
        """Return how dark the line of a shut eye is, and the lashes that hang from it."""
        line = LINE * np.exp(-((above_e / LINE_E) ** 2))
        below = np.maximum(-above_e, 0)
        hair = self._eye.column + self._lean * below * self._e_px
        at = np.clip(np.round(hair), 0, len(self._hairs) - 1).astype(np.intp)
        tips = np.exp(-below / (HANG_E * np.maximum(self._long, 0.2))) * _rise(below / LINE_E)
        hangs = HANG * self._hairs[at] * self._long * tips
        dark: Plane = self._ends * (0.4 + 0.6 * self._long) * np.maximum(line, hangs)
        return dark.astype(np.float32)

    def _lifted(self, under: Paint, lift: Plane) -> Paint:
        """Raise the lower lid, over what is seen of the eye."""
        below = lift - self._eye.above - self._eye.opening
        gives = lift * (1 - _rise(below / (LIFT_FADES_E * self._e_px)))
        raised = cv2.remap(
            under,
            self._columns + gives * self._eye.down[0],
            self._rows + gives * self._eye.down[1],
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return _over(under, np.clip(below + 0.5, 0, 1), np.asarray(raised, np.float32))

    def _ink(self, height: Plane) -> Paint:
        taken = cv2.remap(
            self._strip,
            self._eye.column,
            height.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(taken, np.float32)

    def _light(self, travel: Plane) -> Plane:
        """Return the light on the ball below the lid: most above its middle, least at its rim."""
        depth: Plane = np.clip(-self._eye.above / np.maximum(travel, 1.0), 0, 1)
        ball: Plane = BULGE * np.sin(np.pi * np.sqrt(depth)) - RIM * depth**3
        lit: Plane = self._inside * ball
        return lit


def _hairs(eye: EyeShape, e_px: float) -> tuple[Column, Plane]:
    """Return how dark each column's hanging lash is, and how each column leans outwards."""
    columns = int(eye.strip_at.shape[1])
    noise = np.random.default_rng(0).standard_normal(columns).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(noise[None], (0, 0), max(0.5, HAIR_E * e_px / 2))[0])
    hairs = np.clip(0.6 + 0.35 * soft / max(1e-6, float(soft.std())), 0, 1)
    return hairs.astype(np.float32), np.asarray(eye.column / columns - 0.5, np.float32)


def _joined(off: Paint, above: Plane, top_px: Plane, e_px: float) -> Paint:
    """Return what is missing for the lid to meet the photo at its top; nothing at its edge."""
    near = np.exp(-(((above - top_px) / (0.03 * e_px)) ** 2)).astype(np.float32)
    sigma = 0.05 * e_px
    mass = np.maximum(cv2.GaussianBlur(near, (0, 0), sigma), 1e-4)
    mean = cv2.GaussianBlur(off * near[..., None], (0, 0), sigma) / mass[..., None]
    return np.asarray(mean * _rise(above / np.maximum(top_px, 1))[..., None], np.float32)


def _rise(x: NDArray[np.floating]) -> Plane:
    return smoothstep(np.asarray(x, np.float64)).astype(np.float32)


def _over(under: Paint, cover: Plane, paint: Paint) -> Paint:
    result: Paint = under + cover.astype(np.float32)[..., None] * (paint - under)
    return result
