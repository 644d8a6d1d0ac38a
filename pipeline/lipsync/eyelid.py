"""One eyelid coming down over the photo's open eye, made of the photo's own pixels.

Skin unrolls from under the fold: the colours above the eye, grown smoothly over it, with the grain
of the cheek. The photo's own lashes ride on its edge: they point up while the eye is open, at the
viewer half way, and hang down when it is shut. Folds above smooth out while the lid is down. The
eye itself is covered, never warped; at 0 the photo is unchanged, pixel by pixel. A painted plane
of colour with a drawn line was tried before: at 1024 px it looked like a doll's eye.

Knows one eye; knows no time.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.eye import EyeShape
from pipeline.lipsync.lashes import SPREAD, lashes_of
from pipeline.lipsync.layers import smoothstep
from pipeline.lipsync.mouth_axes import Plane
from pipeline.lipsync.skin import Paint, grain
from pipeline.portrait import Pixels

BELOW_E, SOFT_E = 0.008, 0.014
"""How far below its edge the lid covers (its wet rim), and how softly it ends."""
LIFT_FADES_E = 0.16
"""Below the lower lid, skin gives way to it over this length."""
UP, DOWN = 1.0, -0.45
"""Length of the lashes as seen, against the photo's, when open and when shut."""
SHORTEST = 0.30
"""The edge of a lid stays as dark as this much of its lashes."""
SHUT_INK = 0.8
"""How dark the lashes of a shut eye are, against the photo's."""
UNFOLDS = 0.8
"""How much of the folds a shut lid smooths out."""
BULGE = 0.04
SHADOW, SHADOW_E = 0.16, 0.016
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
        self._lid = lashes.lid + grain(cheek, photo.shape, e_px)
        top_px = np.maximum(SPREAD * height, free)
        self._lid += _joined(photo - lashes.lid, eye.above, top_px, e_px)
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
        lid = self._lid * (1 + np.float32(BULGE * share) * self._bulge(travel))[..., None]
        bare = np.maximum(begun * self._lashes, np.float32(share) * self._folds)
        seen = _over(before, bare, lid)

        length = UP + (DOWN - UP) * share
        dark = begun * (1 - share * (1 - SHUT_INK))
        ink = self._ink(np.maximum(above_line, 0) / max(length, SHORTEST))
        seen *= 1 - dark[..., None] * (1 - ink)
        edge = np.float32(max(0.8, SOFT_E * float(e_px)))
        covers = begun * _rise((above_line + BELOW_E * e_px) / edge + 0.5)
        under = self._lifted(before, np.float32(share) * eye.lift)
        if length < 0:
            hanging = self._ink(np.maximum(-above_line - BELOW_E * e_px, 0) / -length)
            under *= 1 - (dark * (above_line < 0))[..., None] * (1 - hanging)
        shadow = np.exp(-(((above_line + BELOW_E * e_px) / (SHADOW_E * e_px)) ** 2))
        under *= (1 - SHADOW * share * shadow * begun)[..., None]
        frame[eye.box] = np.clip(_over(under, covers, seen) + 0.5, 0, 255)

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

    def _bulge(self, travel: Plane) -> Plane:
        """Return the light on the ball below the lid, 0 at its edges, 1 in its middle."""
        depth = np.clip(-self._eye.above / np.maximum(travel, 1.0), 0, 1)
        return (np.sin(np.pi * depth) * self._inside).astype(np.float32)


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
