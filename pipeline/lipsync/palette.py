"""The colours of one photo: skin, lips, teeth.

Knows pixels and landmarks; paints nothing. A further colour of the mouth is measured here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.mouth_axes import Plane
from pipeline.lipsync.own_teeth import own_teeth, pixels_inside, whiteness
from pipeline.lipsync.skin import LUMA
from pipeline.lipsync.tone import Tone, tone_of
from pipeline.portrait import Landmarks, Pixels

Colour = NDArray[np.float32]
"""(3,) RGB, 0 to 255."""

SKIN = (50, 280, 205, 425)
LIP = (84, 17, 314, 181, 405)
LEFT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
RIGHT_EYE = (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382)
IVORY = np.array([1.03, 0.975, 0.89], dtype=np.float32)
TINTED = 0.3
"""How much of the skin's hue unseen teeth take: the rest is the skin's own, not the light's."""
BLUEST = 1.2
"""The most blue against green that the whites of eyes may have: more is an iris."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """What the painter of the inner mouth takes from the photo."""

    lip: Colour
    tooth: Colour
    tone: Tone | None
    """The one tone of a photo without colours."""
    own_teeth: Plane | None
    """Where the photo's own teeth can be seen, feathered; (h, w). None: nowhere."""

    lower_teeth_e: float
    """How much of the lower teeth the photo shows above the lip, in E."""

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
    tone = tone_of(picture)
    own = own_teeth(picture, points, e_px, photo_gap_e, skin)
    if own is not None:
        return Palette(
            lip=lip, tooth=own.colour, tone=tone, own_teeth=own.cover, lower_teeth_e=own.lower_e
        )
    tooth = _unseen_tooth(picture, points, skin)
    return Palette(lip=lip, tooth=tooth, tone=tone, own_teeth=None, lower_teeth_e=0.0)


def _unseen_tooth(picture: Pixels, points: NDArray[np.float32], skin: Colour) -> Colour:
    """Guess the colour of teeth by the skin and the whites of the eyes.

    In a bluish light ivory would look yellow: half of the blue is that of the whites, if they
    have more. Their red tells nothing, they are bloodshot.
    """
    skin_luma = float(skin @ LUMA)
    eyes = np.concatenate(
        [pixels_inside(picture, points[list(eye)]) for eye in (LEFT_EYE, RIGHT_EYE)]
    )
    white = float(np.percentile(eyes @ LUMA, 88)) if len(eyes) else skin_luma
    luma = float(np.clip(max(0.98 * white, _tooth_luma(skin_luma)), 70.0, 228.0))
    tint = skin / max(1.0, skin_luma)
    tooth: Colour = (luma * ((1 - TINTED) * IVORY + TINTED * tint)).astype(np.float32)
    if len(eyes):
        how_white = whiteness(eyes)
        green, blue = np.median(eyes[how_white >= np.percentile(how_white, 75)], axis=0)[1:]
        tooth[2] = max(tooth[2], (tooth[2] + tooth[1] * min(blue / max(1.0, green), BLUEST)) / 2)
    return tooth


def _tooth_luma(skin_luma: float) -> float:
    """Guess how bright teeth are beside this skin.

    Beside dark skin they stand out far more than beside light skin (1.6 against 1.1 times, on
    photos that show both); but skin may be dark for want of light, so the guess lies in between.
    """
    return (1.12 * skin_luma + 15.8 * float(np.sqrt(skin_luma))) / 2


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
