"""The outline of the video: as the photo, square, 9:16, or a square that is shown as a circle.

Nothing of a face is ever cut off at the sides of a 9:16 video: the picture stays whole, between
two strips of itself, blurred. What is visible to everybody (``plane``) is where label and
captions belong: in a circle that is the square inside it. Knows pixels; draws no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from PIL import Image, ImageFilter

from pipeline.portrait import Pixels
from pipeline.types import Shape

TALL = 16 / 9
BLUR_SHARE = 0.04
"""Of the longer side: nothing in the strips is recognised."""
STRIP_LIGHT = 0.55
ROUND_MOST_PX = 640
"""Messengers show round videos at no more."""
IN_CIRCLE = 0.5 - 0.5**0.5 / 2
"""How far the square inside a circle stands off its edge, as a share of the diameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The part of a frame that everybody sees, in pixels."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int

    def of(self, frame: Pixels) -> Pixels:
        """Give that part, to be drawn on."""
        return frame[
            self.top_px : self.top_px + self.height_px,
            self.left_px : self.left_px + self.width_px,
        ]


class Outline:
    """Puts frames of one size into a shape; ``focus`` is the middle of the face in them, x, y."""

    def __init__(
        self, shape: Shape, width_px: int, height_px: int, focus: tuple[float, float]
    ) -> None:
        self._shape = shape
        self._strips: Pixels | None = None
        side_px = min(width_px, height_px) // 2 * 2
        self.width_px, self.height_px = width_px, height_px
        self._left_px = self._top_px = 0
        match shape:
            case Shape.ORIGINAL:
                pass
            case Shape.SQUARE | Shape.ROUND:
                self.width_px = self.height_px = side_px
                self._left_px = _within(focus[0] - side_px / 2, width_px - side_px)
                self._top_px = _within(focus[1] - side_px / 2, height_px - side_px)
                if shape is Shape.ROUND:
                    self.width_px = self.height_px = min(side_px, ROUND_MOST_PX)
            case Shape.TALL:
                self.width_px = max(width_px, _even(height_px / TALL))
                self.height_px = max(height_px, _even(width_px * TALL))
                self._left_px = (self.width_px - width_px) // 2
                self._top_px = (self.height_px - height_px) // 2
            case _:
                assert_never(shape)
        self._side_px = side_px

    @property
    def plane(self) -> Plane:
        """What everybody sees of a frame of this shape."""
        off_px = _even(self.width_px * IN_CIRCLE) if self._shape is Shape.ROUND else 0
        return Plane(
            left_px=off_px,
            top_px=off_px,
            width_px=self.width_px - 2 * off_px,
            height_px=self.height_px - 2 * off_px,
        )

    def of(self, made: Pixels) -> Pixels:
        """Give a frame of this shape, fresh, to be drawn on."""
        match self._shape:
            case Shape.ORIGINAL:
                return np.array(made)
            case Shape.SQUARE | Shape.ROUND:
                return self._cut(made)
            case Shape.TALL:
                return self._between_strips(made)
            case _:
                assert_never(self._shape)

    def _cut(self, made: Pixels) -> Pixels:
        part = made[
            self._top_px : self._top_px + self._side_px,
            self._left_px : self._left_px + self._side_px,
        ]
        if self._side_px == self.width_px:
            return np.array(part)
        size = (self.width_px, self.height_px)
        return np.array(Image.fromarray(part).resize(size, Image.Resampling.BICUBIC))

    def _between_strips(self, made: Pixels) -> Pixels:
        if self._strips is None:
            # Of the first frame, and still: strips that move would draw the eye.
            self._strips = _blurred(made, self.width_px, self.height_px)
        frame = self._strips.copy()
        height, width = made.shape[:2]
        frame[self._top_px : self._top_px + height, self._left_px : self._left_px + width] = made
        return frame


def _blurred(picture: Pixels, width_px: int, height_px: int) -> Pixels:
    """Give the picture grown over the whole size, blurred and darker."""
    image = Image.fromarray(picture)
    scale = max(width_px / image.width, height_px / image.height)
    grown = image.resize((round(image.width * scale), round(image.height * scale)))
    left, top = (grown.width - width_px) // 2, (grown.height - height_px) // 2
    part = grown.crop((left, top, left + width_px, top + height_px))
    soft = part.filter(ImageFilter.GaussianBlur(BLUR_SHARE * max(width_px, height_px)))
    return (np.asarray(soft) * STRIP_LIGHT).astype(np.uint8)


def _even(value: float) -> int:
    return round(value / 2) * 2


def _within(value: float, most: int) -> int:
    """Give a whole number between nought and ``most``."""
    return int(min(max(0, round(value)), most))
