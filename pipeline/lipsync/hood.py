"""What a heavy brow makes of the lid below it: a crease in its shade, and a round lid under that.

A deep-set eye shows hardly any lid while it is open, so the skin that is grown over a shut one is
a plain oval, like a patch. How heavy a brow is, the photo tells: how dark it is just above the
free skin, column by column. The crease follows the edge of the photo's own upper lid. Where there
is light above an eye, nothing here changes anything. Knows one eye; knows no time.
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.lipsync.eye import EyeShape
from pipeline.lipsync.lashes import SPREAD, Lashes
from pipeline.lipsync.layers import smoothstep
from pipeline.lipsync.mouth_axes import Plane

LIGHTEST, HEAVIEST = 0.10, 0.45
"""Darkness above the free skin at which a brow begins to count, and from which it counts in full
(of 14 faces: 0 to 0.1 in nine, 0.1 to 0.25 in one, 0.45 to 0.6 in four)."""
GRAIN = 0.3
"""How much stronger the grain of the skin is there; more, and the squares of a JPEG show."""
CREASE_UP, CREASE_DOWN = 0.30, 0.14
"""The crease lies so much of what is painted above the open lid's edge above that edge, less so
much of the opening: the lid of a wide eye reaches farther below it."""
CREASE, EDGE_E, CAST_E = 0.22, 0.006, 0.022
"""How dark it is; how sharp towards the fold above, and how far its shade falls down the lid. At
0.30 the mesh takes it for the edge of a lid that is half open, on a woman in glasses."""
FOLD, FOLD_E = 0.05, 0.014
"""Light on the rounded edge of the fold above it, and how high up that is."""
UNEVEN, UNEVEN_E = 0.35, 0.10
"""How much a crease varies along its length, and over which length."""
BALL, BALL_AT, BALL_HALF = 0.13, 0.52, 0.30
"""Light on the ball of the eye: how much, how far down the lid, and half its height."""
SIDES, DIM = 0.22, 0.07
"""How much darker a lid is towards its corners, and in all."""


class Hood:
    """The shade of one brow."""

    def __init__(self, eye: EyeShape, lashes: Lashes) -> None:
        dark = (lashes.overhang - LIGHTEST) / (HEAVIEST - LIGHTEST)
        heavy = smoothstep(np.asarray(dark, np.float64))
        within = smoothstep(
            np.asarray(eye.opening / max(1.0, 0.6 * eye.opening.max()), np.float64)
        )
        self.grain = np.asarray(1 + GRAIN * heavy, np.float32)
        """How strong the grain of the lid is, per pixel."""
        self._heavy = (heavy * within).astype(np.float32)
        top_px = np.maximum(SPREAD * lashes.height_px, lashes.free_px)
        crease_px = CREASE_UP * top_px - CREASE_DOWN * eye.opening
        self._crease_px, self._below_px = crease_px, crease_px - eye.above
        self._still = _crease(self._below_px / eye.e_px) * _uneven(eye) - DIM
        self._side = _side(eye)

    def light(self, travel: Plane) -> Plane:
        """Return how much lighter each pixel of a lid is that came down so far; 0 is unchanged."""
        depth = self._below_px / np.maximum(self._crease_px + travel, 1.0)
        ball = np.exp(-(((depth - BALL_AT) / BALL_HALF) ** 2)) * (1 - self._side)
        sides = np.clip(depth + 0.3, 0, 1) * self._side
        lit = self._heavy * (self._still + BALL * ball - SIDES * sides)
        return np.asarray(lit, np.float32)


def _crease(below_e: Plane) -> Plane:
    """Return the light so far below the crease: its dark and shade; above it, the fold's edge."""
    up, down = np.maximum(-below_e, 0), np.maximum(below_e, 0)
    dark = np.exp(-((up / EDGE_E) ** 2)) * np.exp(-down / CAST_E)
    fold = np.exp(-(((up - FOLD_E) / (0.6 * FOLD_E)) ** 2)) * (below_e < 0)
    return np.asarray(FOLD * fold - CREASE * dark, np.float32)


def _uneven(eye: EyeShape) -> Plane:
    """Return how strong the crease is in each pixel's column."""
    columns = int(eye.strip_at.shape[1])
    noise = np.random.default_rng(1).standard_normal(columns).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(noise[None], (0, 0), UNEVEN_E * eye.e_px)[0], np.float32)
    swing = soft / max(1e-6, float(np.abs(soft).max()))
    return np.asarray(1 + UNEVEN * swing[np.round(eye.column).astype(np.intp)], np.float32)


def _side(eye: EyeShape) -> Plane:
    """Return 0 in the middle of the eye, 1 at its corners and beyond."""
    return np.asarray(np.clip((2 * eye.inwards - 1) ** 2, 0, 1), np.float32)
