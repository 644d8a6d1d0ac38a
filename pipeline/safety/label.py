"""The visible mark: a small plate in the corner of every frame, a large one at the start.

The IT Rules of India (G.S.R. 120(E) of 2026, rule 3(3)) ask for a prominent label inside the
content, article 50 of the EU AI Act for disclosure at first exposure. So there is no switch. The
plates are drawn once; a frame costs one small blend. Knows pixels; does not know what they show.

Where the next language goes: two pictures of its words beside this file, white on black, letters
of 96 px (``label_hi_*.png``): shaping Indic letters needs libraries that a machine may lack.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline import errors
from pipeline.portrait import Pixels

FIRST_WORDS = "Synthetically generated video"
FIRST_S = 1.5
LABEL_SHARE, FIRST_SHARE = 0.046, 0.062
"""Letters as a share of the longer side: a video seen at 256 px still has 12 px letters."""
LEAST_LETTERS_PX = 12
MARGIN_SHARE = 0.02
MOST_HEIGHT_SHARE = 0.4
LINE_SHARES = (1.0, 0.93, 0.86, 0.8)
"""How far letters shrink before the words are broken into lines."""
TEXT_ALPHA, BOX_ALPHA = 0.9, 0.5

DEFAULT_WORDS = "AI-generated"
"""What an operator left as it is, and so is shown in the language of whoever asked."""
PICTURES = Path(__file__).parent
PICTURE_LETTERS_PX = 96
LONGEST_CODE = 8

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Plate:
    """Words on a box, ready to blend: frame = frame * keep / 256 + add, inside the rectangle."""

    x_px: int
    y_px: int
    keep: NDArray[np.uint16]
    """(h, w, 1), 256 = the frame stays as it is."""
    add: NDArray[np.uint16]
    """(h, w, 1)"""

    def onto(self, frame: Pixels) -> None:
        height, width = self.keep.shape[:2]
        part = frame[self.y_px : self.y_px + height, self.x_px : self.x_px + width]
        part[:] = (part * self.keep + self.add) >> 8


class Label:
    """The mark for frames of one size, in a language; English where there are no other words.

    Raises ``SettingsInvalid`` for a text with characters that the built-in font cannot draw.
    """

    def __init__(self, text: str, width_px: int, height_px: int, language: str = "en") -> None:
        _check_drawable(text)
        margin_px = max(2, round(MARGIN_SHARE * min(width_px, height_px)))
        room = (width_px - 2 * margin_px, round(MOST_HEIGHT_SHARE * height_px))
        longer_px = max(width_px, height_px)
        # Bottom left: chats put the duration top left, the time of sending bottom right.
        words = _picture(language, "always") if text == DEFAULT_WORDS else None
        small = _drawn(words or text, LABEL_SHARE * longer_px, room)
        self._always = _plate(small, margin_px, height_px - margin_px - small[0].shape[0])
        # At the top: the mouth must stay visible.
        words = _picture(language, "first")
        large = _drawn(words or FIRST_WORDS, FIRST_SHARE * longer_px, room)
        self._first = _plate(large, (width_px - large[0].shape[1]) // 2, 2 * margin_px)

    def onto(self, frame: Pixels, time_s: float) -> None:
        """Mark one (h, w, 3) frame in place; ``time_s`` is its time in the video."""
        self._always.onto(frame)
        if time_s < FIRST_S:
            self._first.onto(frame)


_Coverage = tuple[NDArray[np.float64], NDArray[np.float64]]
"""How much of each pixel is box, and how much is letter; both (h, w), 0 to 1."""


def _picture(language: str, name: str) -> Image.Image | None:
    """Give the words of a language as they were drawn; None where the font can draw them."""
    path = PICTURES / f"label_{language}_{name}.png"
    if not (language.isalpha() and len(language) <= LONGEST_CODE and path.is_file()):
        return None
    with Image.open(path) as picture:
        return picture.convert("L")


def _drawn(words: str | Image.Image, wanted_px: float, room: tuple[int, int]) -> _Coverage:
    wanted_px = max(wanted_px, LEAST_LETTERS_PX)
    return (
        _draw(words, wanted_px, room)
        if isinstance(words, str)
        else _fitted(words, wanted_px, room)
    )


def _fitted(words: Image.Image, wanted_px: float, room: tuple[int, int]) -> _Coverage:
    """Scale drawn words to the letters that are wanted, or to the room there is."""
    around_px = round(wanted_px * 0.8)
    shares = (
        wanted_px / PICTURE_LETTERS_PX,
        (room[0] - around_px) / words.width,
        (room[1] - around_px) / words.height,
    )
    share = max(min(shares), 1 / PICTURE_LETTERS_PX)
    padding_px = max(1, round(share * PICTURE_LETTERS_PX * 0.4))
    inner = (max(1, round(words.width * share)), max(1, round(words.height * share)))
    size = (inner[0] + 2 * padding_px, inner[1] + 2 * padding_px)
    letters, box = Image.new("L", size, 0), Image.new("L", size, 0)
    letters.paste(words.resize(inner, Image.Resampling.LANCZOS), (padding_px, padding_px))
    ImageDraw.Draw(box).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), padding_px, fill=255)
    return np.asarray(box) / 255, np.asarray(letters) / 255


def _draw(text: str, wanted_px: float, room: tuple[int, int]) -> _Coverage:
    letters_px, lines = _fit(text, wanted_px, room)
    size, padding_px, line_px = _box(letters_px, lines)
    letters, box = Image.new("L", size, 0), Image.new("L", size, 0)
    ImageDraw.Draw(box).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), padding_px, fill=255)
    for number, line in enumerate(lines):
        place = (size[0] / 2, padding_px / 2 + line_px * (number + 0.5))
        ImageDraw.Draw(letters).text(place, line, fill=255, font=_font(letters_px), anchor="mm")
    return np.asarray(box) / 255, np.asarray(letters) / 255


def _fit(text: str, wanted_px: float, room: tuple[int, int]) -> tuple[float, list[str]]:
    """Choose letters and lines: one line if a bit smaller does, else several, else smaller yet."""
    for share in LINE_SHARES:
        if _fits(wanted_px * share, [text], room):
            return wanted_px * share, [text]
    letters_px = wanted_px
    while True:
        lines = _lines(text, _font(letters_px), room[0] - letters_px)
        if _fits(letters_px, lines, room):
            return letters_px, lines
        letters_px *= LINE_SHARES[1]


def _fits(letters_px: float, lines: list[str], room: tuple[int, int]) -> bool:
    size, _, _ = _box(letters_px, lines)
    return size[0] <= room[0] and size[1] <= room[1]


def _box(letters_px: float, lines: list[str]) -> tuple[tuple[int, int], int, int]:
    """Give the size of a plate, its padding and the height of a line."""
    padding_px, line_px = round(letters_px * 0.4), round(letters_px * 1.2)
    width_px = max(_font(letters_px).getlength(line) for line in lines)
    return (
        (round(width_px) + 2 * padding_px, line_px * len(lines) + padding_px),
        padding_px,
        line_px,
    )


def _lines(text: str, font: Font, room_px: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= room_px:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _plate(coverage: _Coverage, x_px: int, y_px: int) -> _Plate:
    box, letters = coverage
    keep = (1 - BOX_ALPHA * box) * (1 - TEXT_ALPHA * letters)
    return _Plate(
        x_px=x_px,
        y_px=y_px,
        keep=np.round(keep * 256).astype(np.uint16)[..., np.newaxis],
        add=np.round(255 * TEXT_ALPHA * letters * 256).astype(np.uint16)[..., np.newaxis],
    )


def _check_drawable(text: str) -> None:
    font = _font(32)
    missing = font.getmask("\uffff")
    for character in text.replace(" ", ""):
        mask = font.getmask(character)
        if mask.size == missing.size and bytes(mask) == bytes(missing):
            raise errors.SettingsInvalid(
                f"label.text holds {character!r}, which the label's font cannot draw. "
                "Use Latin letters."
            )


def _font(letters_px: float) -> Font:
    font = ImageFont.load_default(letters_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise errors.EngineUnavailable("label", "this build of Pillow has no FreeType")
    return font
