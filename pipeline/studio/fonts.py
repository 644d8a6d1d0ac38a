"""Fonts that draw a text together: those that come with packages, and those that the machine has.

Pillow brings one font, for Latin letters; Matplotlib another, with ₹ and accents. For the writings
of India, Noto fonts are looked for where systems keep them, and fribidi, without which Pillow sets
letters side by side and joins none. Where one of these is missing nothing is drawn: boxes and torn
syllables help nobody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
NOTO = "NotoSans{script}-Regular.ttf"
DEJAVU = "mpl-data/fonts/ttf/DejaVuSans.ttf"
INK = 255
NOBODYS = "\uffff"
"""A character that no font has."""
Font = ImageFont.FreeTypeFont


class Lettering:
    """Draws lines of a text, each letter with a font that has it."""

    def __init__(self, fonts: Sequence[Font]) -> None:
        self._fonts = tuple(fonts)
        self._absent = {font: bytes(font.getmask(NOBODYS)) for font in fonts}
        self._found: dict[str, Font | None] = {}
        self.size_px = fonts[0].size

    def draws(self, letter: str) -> bool:
        """Tell whether one of the fonts has this letter."""
        return self._font_of(letter) is not None

    def length_px(self, line: str) -> float:
        """Measure a line."""
        return sum(font.getlength(run) for font, run in self._runs(line))

    def write(self, picture: Image.Image, line: str, x_px: float, y_px: float) -> None:
        """Write a line into a grey picture, centred on a point."""
        ascent_px, descent_px = self._fonts[0].getmetrics()
        x_px -= self.length_px(line) / 2
        y_px += (ascent_px - descent_px) / 2
        for font, run in self._runs(line):
            ImageDraw.Draw(picture).text((x_px, y_px), run, fill=INK, font=font, anchor="ls")
            x_px += font.getlength(run)

    def _runs(self, line: str) -> list[tuple[Font, str]]:
        """Split a line where the font changes; spaces and marks stay with what they follow.

        A sign that no font has, as most emoji, is left out.
        """
        runs: list[tuple[Font, str]] = []
        for letter in line:
            last = runs[-1][0] if runs else None
            stays = unicodedata.category(letter)[0] in "ZMC" or self._has(last, letter)
            font = last if last is not None and stays else self._font_of(letter)
            if font is None:
                continue
            if font is last:
                runs[-1] = font, runs[-1][1] + letter
            else:
                runs.append((font, letter))
        return runs

    def _font_of(self, letter: str) -> Font | None:
        if letter not in self._found:
            has = (font for font in self._fonts if self._has(font, letter))
            self._found[letter] = next(has, None)
        return self._found[letter]

    def _has(self, font: Font | None, letter: str) -> bool:
        return font is not None and bytes(font.getmask(letter)) != self._absent[font]


def lettering_for(
    text: str, size_px: float, *, folders: tuple[Path, ...] = FOLDERS, joins: bool | None = None
) -> Lettering | None:
    """Give what draws every letter of a text, or None.

    ``joins``: whether letters can be joined to syllables here; None means to look.
    """
    scripts = {script for letter in text if (script := _script(letter)) is not None}
    written = sorted(scripts - {"Latin"})
    if written and not (joins_letters() if joins is None else joins):
        return None
    if "Arabic" in written and len(scripts) > 1:
        return None  # words that run against each other
    paths = [_find(NOTO.format(script=script), folders) for script in written]
    if None in paths:
        return None
    # Noto's fonts of one writing draw digits and signs too, but few Latin letters.
    fonts = [ImageFont.truetype(str(path), size_px) for path in paths]
    lettering = Lettering([*fonts, *_packaged(size_px)])
    return lettering if all(lettering.draws(x) for x in set(text) if x.isalpha()) else None


def joins_letters() -> bool:
    """Tell whether Pillow can join letters: its wheels have raqm, but not fribidi, its need."""
    return bool(features.check("raqm"))


def missing_for_hindi() -> str | None:
    """Name what captions in Devanagari cannot be drawn without, and is not here."""
    if _find(NOTO.format(script="Devanagari"), FOLDERS) is None:
        return "Noto's fonts"
    return None if joins_letters() else "fribidi"


def _packaged(size_px: float) -> Iterator[Font]:
    builtin = ImageFont.load_default(size=size_px)
    assert isinstance(builtin, ImageFont.FreeTypeFont)
    yield builtin
    matplotlib = find_spec("matplotlib")  # not imported
    if matplotlib is not None and matplotlib.origin is not None:
        dejavu = Path(matplotlib.origin).parent / DEJAVU
        if dejavu.is_file():
            yield ImageFont.truetype(str(dejavu), size_px)


@lru_cache(maxsize=32)
def _find(name: str, folders: tuple[Path, ...]) -> Path | None:
    return next(_found(name, folders), None)


def _found(name: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from folder.rglob(name)


def _script(letter: str) -> str | None:
    """Name the writing of a letter, as fonts do; None for what belongs to all of them."""
    if not letter.isalpha():
        return None
    return unicodedata.name(letter, "").split(" ")[0].title()
