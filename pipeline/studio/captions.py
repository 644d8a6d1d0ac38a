"""The words, written into the picture while they are spoken.

Cues as subtitles have them, each drawn once: white letters on a dark plate, low in the picture,
above the label. Knows pixels, words and their times; knows no face.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.portrait import Pixels
from pipeline.speech.subtitles import Cue
from pipeline.studio.fonts import INK, Lettering, lettering_for

LETTERS_SHARE = 0.055
"""Height of the letters, as a share of the shorter side."""
LEAST_LETTERS_PX = 13
WIDTH_SHARE = 0.92
BOTTOM_SHARE = 0.115
"""How far above the lower edge the plate ends: the label stands below it."""
PLATE_ALPHA = 0.55


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Plate:
    """Words ready to blend: frame = frame * keep / 256 + add, inside the rectangle."""

    start_s: float
    end_s: float
    x_px: int
    y_px: int
    keep: NDArray[np.uint16]
    add: NDArray[np.uint16]


class Captions:
    """The words of one speech for frames of one size."""

    def __init__(self, cues: Sequence[Cue], width_px: int, height_px: int) -> None:
        letters_px = max(LEAST_LETTERS_PX, LETTERS_SHARE * min(width_px, height_px))
        lettering = lettering_for(" ".join(cue.text for cue in cues), letters_px)
        self.can_be_drawn = lettering is not None and bool(cues)
        """Whether there are words with times, and fonts for their writing."""
        self._plates = [_draw(cue, lettering, width_px, height_px) for cue in cues if lettering]

    def onto(self, frame: Pixels, time_s: float) -> None:
        """Write what is spoken at a time onto a (h, w, 3) frame, in place."""
        plate = next((p for p in self._plates if p.start_s <= time_s < p.end_s), None)
        if plate is None:
            return
        height, width = plate.keep.shape[:2]
        part = frame[plate.y_px : plate.y_px + height, plate.x_px : plate.x_px + width]
        part[:] = (part * plate.keep + plate.add) >> 8


def _draw(cue: Cue, lettering: Lettering, width_px: int, height_px: int) -> _Plate:
    room_px = WIDTH_SHARE * width_px
    line_px, padding_px = round(lettering.size_px * 1.3), round(lettering.size_px * 0.4)
    lines = _lines(cue.text, lettering, room_px - 2 * padding_px)
    longest_px = max(lettering.length_px(line) for line in lines)
    size = (
        min(width_px, round(longest_px) + 2 * padding_px),
        min(height_px, line_px * len(lines) + 2 * padding_px),
    )
    letters, box = Image.new("L", size, 0), Image.new("L", size, 0)
    ImageDraw.Draw(box).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), padding_px, fill=255)
    for number, line in enumerate(lines):
        lettering.write(letters, line, size[0] / 2, padding_px + line_px * (number + 0.5))
    ink, plate = np.asarray(letters) / 255, np.asarray(box) / 255 * PLATE_ALPHA
    keep = (1 - plate) * (1 - ink)
    return _Plate(
        start_s=cue.start_s,
        end_s=cue.end_s,
        x_px=(width_px - size[0]) // 2,
        y_px=max(0, round(height_px * (1 - BOTTOM_SHARE)) - size[1]),
        keep=np.round(keep * 256).astype(np.uint16)[..., None],
        add=np.round(ink * INK * 256).astype(np.uint16)[..., None],
    )


def _lines(text: str, lettering: Lettering, room_px: float) -> list[str]:
    """Break the words into lines that fit."""
    chars = len(text)
    while chars > 1:
        lines = textwrap.wrap(text, chars)
        if all(lettering.length_px(line) <= room_px for line in lines):
            return lines
        chars -= 1
    return [text]
