"""What a photo shows above an open eye: lashes, skin, and what must not be painted over.

Read column by column, from the edge of the lid upwards. Lashes darken the skin's colour; whatever
beyond them is far from it is a spectacle frame, a glare or hair, and ends what may be painted.
Knows one eye; knows no time and paints nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.eye import Column, EyeShape
from pipeline.lipsync.layers import smoothstep
from pipeline.lipsync.mouth_axes import Plane
from pipeline.lipsync.skin import LUMA, Paint, grown_skin, skin_gradient
from pipeline.portrait import Pixels

DARKEST, ROOT_E = 0.24, 0.026
"""Least light that passes lashes; height over which their roots make one line."""
LASH_E = (0.016, 0.070)
"""Least and greatest height of lashes."""
LASH_ENDS = (0.80, 0.55)
"""Of the skin's luma: above the lid, the first pixel brighter than this ends the lashes; below a
heavy brow, where none is, than this."""
SPREAD = 1.45
"""A lid is drawn up to so much of its lashes' height, fading."""
COVERED = 1.2
"""Up to so much of their height lashes are covered even where a frame or brow is close by: a rest
of them would outline the shut eye."""
FROM_BELOW = 0.35
"""Weight of the skin below the eye in the colour of the lid, against that above."""
KEPT_E = 0.014
"""Distance kept from a frame."""
DARK, BRIGHT = 0.44, 1.40
"""Of the skin's luma: beyond these it is a frame, a glare or hair."""
OVERHANG_E, DEEPEST = 0.03, 0.60
"""Height above the free skin that is looked at, and the most that a fold or frame shades a lid."""
GLARE, GLARE_SHARE = 236.0, 0.30
"""Luma and share of an opening that reflects so much that nobody could see a lid in it."""
SHADED = 0.62
"""Skin around an eye that is darker than this, against the cheek, is behind dark glass."""
PUPIL, PUPIL_SHARE = 0.45, 5.0
"""An eye that is seen has a pupil and lashes: this percentage of its opening is darker than this,
against the cheek. The mesh draws an eye behind a hand too, but what lies there is as light as skin
(0.52; where eyes are seen, on 13 faces, 0.03 to 0.16)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lashes:
    """The lashes of one eye, and the lid that is seen when they go down."""

    ink: Paint
    """(rows, columns, 3), 0 to 1: how lashes darken the lid, from its edge (row 0) upwards."""
    root: Paint
    """0 to 1: how much light the line of their roots lets through, in this pixel's column."""
    height_px: Plane
    """Height of the lashes in this pixel's column."""
    free_px: Plane
    """Pixels above the lid, in this column, that may be painted: skin, no frame."""
    lid: Paint
    """The colour that the lid has, all over the box."""
    overhang: Plane
    """How dark the fold above this column's free skin is, 0 to 1: it shades the lid."""


def lashes_of(picture: Pixels, eye: EyeShape) -> Lashes:
    """Read lashes and skin off the photo."""
    e_px = eye.e_px
    photo = picture[eye.box].astype(np.float32)
    calm = np.asarray(cv2.GaussianBlur(photo, (0, 0), max(0.5, 0.008 * e_px)), np.float32)
    around = (eye.above > -eye.opening - 0.03 * e_px) & (eye.opening > 0)
    gradient = skin_gradient(calm, around & (eye.above < 0.035 * e_px), e_px)
    light = _strip(calm, eye) @ LUMA / np.maximum(_strip(gradient, eye) @ LUMA, 8.0)
    height = _lash_height(light, eye)
    free = _free_height(light, height, eye)

    nearest = np.round(eye.column).astype(np.intp)
    hidden = around & (eye.above < 1.15 * height[nearest])
    trust = np.where(eye.above > 0, 1.0, FROM_BELOW) * (~hidden & (eye.above < free[nearest]))
    lid = grown_skin(calm, trust.astype(np.float32), gradient, e_px)
    ratio = _strip(photo, eye) / np.maximum(_strip(lid, eye), 8.0)
    height = np.minimum(height, free / np.float32(SPREAD)).astype(np.float32)
    ink = _ink(np.asarray(ratio, np.float32), height, eye)
    return Lashes(
        ink=ink,
        root=ink[: max(2, round(ROOT_E * e_px / 2))].mean(axis=0)[nearest],
        height_px=height[nearest],
        free_px=free[nearest],
        lid=lid,
        overhang=_overhang(light, free, eye)[nearest],
    )


def is_hidden(picture: Pixels, eye: EyeShape, cheek: Pixels) -> bool:
    """Tell whether glare or dark glass hides the eye."""
    photo = picture[eye.box].astype(np.float32)
    if not eye.inside.any():
        return True
    cheek_luma = float(np.median(cheek @ LUMA))
    luma = photo[eye.inside] @ LUMA
    if float((luma > max(GLARE, 1.1 * cheek_luma)).mean()) > GLARE_SHARE:
        return True
    around = float(np.median(photo[~eye.inside] @ LUMA))
    return max(around, float(np.percentile(luma, 90))) < SHADED * cheek_luma


def is_covered(picture: Pixels, eye: EyeShape, cheek: Pixels) -> bool:
    """Tell whether something lies before the eye: a hand, hair, a sleeve."""
    if not eye.inside.any():
        return True
    luma = picture[eye.box][eye.inside] @ LUMA
    return float(np.percentile(luma, PUPIL_SHARE)) > PUPIL * float(np.median(cheek @ LUMA))


def _strip(paint: Paint, eye: EyeShape) -> Paint:
    """Return the strip above the lid, straightened."""
    # Two maps: with one map of x and y, OpenCV 5.0.0 mixes columns up when it interpolates
    # linearly in a picture of one or three channels.
    x, y = (np.ascontiguousarray(eye.strip_at[..., k]) for k in (0, 1))
    taken = cv2.remap(paint, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken, np.float32)


def _lash_height(light: Plane, eye: EyeShape) -> Column:
    """Return where, above the lid, the dark of the lashes ends."""
    lowest, highest = (bound * eye.e_px for bound in LASH_E)
    ends = np.full(light.shape[1], 2 * highest)
    for level in LASH_ENDS:
        first = _first((light > level) & (eye.heights > 0.3 * lowest)[:, None], eye)
        ends = np.where(ends > highest, first, ends)
    ends = np.where(ends > highest, 0.5 * highest, ends) + 0.008 * eye.e_px
    near = _neighbours(np.clip(ends, lowest, highest), 0.05 * eye.e_px)
    return _soft(np.median(near, axis=-1), 0.05 * eye.e_px)


def _free_height(light: Plane, lash: Column, eye: EyeShape) -> Column:
    """Return how far above the lid no frame is met, and the folds may be smoothed."""
    foreign = ((light < DARK) | (light > BRIGHT)) & (eye.heights[:, None] > lash[None])
    met = _first(foreign, eye)
    near = _neighbours(np.maximum(met - KEPT_E * eye.e_px, 0.0), 0.06 * eye.e_px)
    clear = _soft(near.min(axis=-1), 0.06 * eye.e_px)
    clear = np.maximum(clear, COVERED * lash)
    wanted = np.maximum(eye.fold, SPREAD * lash)
    return np.asarray(np.minimum(wanted, np.maximum(clear, 1.0)), np.float32)


def _overhang(light: Plane, free: Column, eye: EyeShape) -> Column:
    """Return how much darker than skin it is just above the free skin of each column."""
    above = eye.heights[:, None] - free[None]
    just = (above >= 0) & (above <= OVERHANG_E * eye.e_px)
    seen = np.where(just, np.clip(light, 0, 1), 0).sum(axis=0) / np.maximum(just.sum(axis=0), 1)
    dark = np.where(just.any(axis=0), 1 - seen, 0)
    return _soft(np.clip(dark, 0, DEEPEST), 0.05 * eye.e_px)


def _first(marked: NDArray[np.bool_], eye: EyeShape) -> Column:
    """Return the height of the lowest mark of each column; out of reach where there is none."""
    none = 2 * eye.heights[-1]
    found = np.where(marked.any(axis=0), eye.heights[marked.argmax(axis=0)], none)
    return np.asarray(found, np.float32)


def _neighbours(values: NDArray[np.floating], reach_px: float) -> NDArray[np.floating]:
    """Return each value with those within reach, (n, 2 reach + 1)."""
    reach = max(1, round(reach_px))
    padded = np.pad(values, reach, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)


def _soft(values: NDArray[np.floating], reach_px: float) -> Column:
    near = _neighbours(values, reach_px)
    bell = np.hanning(near.shape[-1] + 2)[1:-1]
    return np.asarray(near @ (bell / bell.sum()), np.float32)


def _ink(ratio: Paint, lash: Column, eye: EyeShape) -> Paint:
    """Return how much of the lid's light lashes let through; 1 above them."""
    heights, root_px = eye.heights.astype(np.float64), max(1.0, ROOT_E * eye.e_px)
    dark = np.clip(ratio, DARKEST, 1.0)
    roots = np.percentile(dark[(heights >= 0) & (heights <= root_px)], 30, axis=0)
    line = cv2.GaussianBlur(roots.astype(np.float32)[None], (0, 0), 0.02 * eye.e_px)
    near = smoothstep(1.5 - heights / root_px)[:, None, None]
    dark = dark + (near * (np.minimum(dark, line) - dark)).astype(np.float32)
    fading = np.clip((1.15 - heights[:, None] / lash[None]) / 0.35, 0, 1)[..., None]
    covered = (1 - fading * (1 - dark)).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(covered, (0, 0), 0.004 * eye.e_px), np.float32)
    return np.ascontiguousarray(soft[int(np.argmax(heights >= 0)) :])
