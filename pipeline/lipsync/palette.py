"""The colours of one photo: skin, lips, teeth; and its own teeth, where it shows them.

Knows pixels and landmarks; paints nothing. A further colour of the mouth is measured here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync.mouth_axes import Plane
from pipeline.portrait import Landmarks, Pixels

Colour = NDArray[np.float32]
"""(3,) RGB, 0 to 255."""

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
SKIN = (50, 280, 205, 425)
LIP = (84, 17, 314, 181, 405)
LEFT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
RIGHT_EYE = (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382)
IVORY = np.array([1.03, 0.965, 0.87], dtype=np.float32)
TEETH_GAP_E = 0.05
"""The mouth of a photo must be open this far before its teeth are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """What the painter of the inner mouth takes from the photo."""

    lip: Colour
    tooth: Colour
    own_teeth: Plane | None
    """Where the photo's own teeth can be seen, feathered; (h, w). None: nowhere."""

    def within(self, window: tuple[slice, slice]) -> Palette:
        """Keep only a window of the picture."""
        own = None if self.own_teeth is None else self.own_teeth[window]
        return replace(self, own_teeth=own)

    @property
    def light(self) -> float:
        """How bright the mouth is lit; 1 for teeth of luma 215."""
        return float(self.tooth @ LUMA) / 215.0


def palette_of(picture: Pixels, landmarks: Landmarks, e_px: float, photo_gap_e: float) -> Palette:
    """Measure the colours of the face in the picture."""
    points = landmarks[:, :2]
    skin = _median_at(picture, points[list(SKIN)], e_px)
    lip_points = (points[list(LIP)] + points[[88, 14, 318, 178, 402]]) / np.float32(2)
    lip = _median_at(picture, lip_points, e_px)
    own = _own_teeth(picture, points, e_px, photo_gap_e, skin)
    if own is not None:
        mask, tooth = own
        return Palette(lip=lip, tooth=tooth, own_teeth=mask)
    skin_luma = float(skin @ LUMA)
    eyes = np.concatenate([_inside(picture, points[list(eye)]) for eye in (LEFT_EYE, RIGHT_EYE)])
    white = float(np.percentile(eyes @ LUMA, 88)) if len(eyes) else skin_luma
    luma = float(np.clip(max(0.98 * white, 1.12 * skin_luma), 70.0, 228.0))
    tint = skin / max(1.0, skin_luma)
    tooth = (luma * (0.65 * IVORY + 0.35 * tint)).astype(np.float32)
    return Palette(lip=lip, tooth=tooth, own_teeth=None)


def _own_teeth(
    picture: Pixels, points: NDArray[np.float32], e_px: float, photo_gap_e: float, skin: Colour
) -> tuple[Plane, Colour] | None:
    """Return the feathered inner mouth and its tooth colour, if the photo shows teeth."""
    if photo_gap_e < TEETH_GAP_E:
        return None
    contour = points[list(lips.UPPER_INNER + lips.LOWER_INNER[-2:0:-1])]
    inside = _inside(picture, contour)
    if len(inside) < 20:
        return None
    luma = inside @ LUMA
    bright = inside[luma >= np.percentile(luma, 70)]
    brightest = np.median(bright, axis=0)
    saturation = 1.0 - brightest.min() / max(1.0, brightest.max())
    if brightest @ LUMA < 0.7 * float(skin @ LUMA) or saturation > 0.42:
        return None
    mask = np.zeros(picture.shape[:2], dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(contour * 16).astype(np.int32)], 255, shift=4)
    reach = max(1, round(0.010 * e_px))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    eroded = cv2.erode(mask, disc).astype(np.float32) / 255.0
    feathered = cv2.GaussianBlur(eroded, (0, 0), max(0.5, 0.008 * e_px))
    return feathered.astype(np.float32), (1.03 * brightest).astype(np.float32).clip(0, 255)


def _median_at(picture: Pixels, points: NDArray[np.float32], e_px: float) -> Colour:
    """Return the median colour of small squares around the points."""
    reach = max(1, round(0.02 * e_px))
    height, width = picture.shape[:2]
    patches = []
    for x, y in np.round(points).astype(int):
        rows = slice(max(0, y - reach), min(height, y + reach + 1))
        columns = slice(max(0, x - reach), min(width, x + reach + 1))
        patches.append(picture[rows, columns].reshape(-1, 3))
    pixels = np.concatenate(patches)
    if len(pixels) == 0:  # every point lies outside the picture
        pixels = picture.reshape(-1, 3)
    result: Colour = np.median(pixels, axis=0).astype(np.float32)
    return result


def _inside(picture: Pixels, contour: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the pixels inside a polygon, (n, 3)."""
    mask = np.zeros(picture.shape[:2], dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(contour * 16).astype(np.int32)], 1, shift=4)
    return picture[mask > 0].astype(np.float32)
