"""A font that can draw the writing of a text: the built-in one, or one that the machine has.

Pillow brings one font, for Latin letters. For the writings of India, Noto fonts are looked for
where systems keep them; a container has them if its image installs them. Without one, there is
none: boxes instead of letters help nobody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
NOTO = "NotoSans{script}-Regular.ttf"
Font = ImageFont.FreeTypeFont


def font_for(text: str, size_px: float) -> Font | None:
    """Give a font that draws every letter of the text, or None."""
    scripts = {script for letter in text if (script := _script(letter)) is not None}
    if scripts <= {"Latin"}:
        font = ImageFont.load_default(size=size_px)
        assert isinstance(font, ImageFont.FreeTypeFont)
        return font
    # Noto's fonts of one writing draw Latin digits and signs too, but few of them its letters.
    written = scripts - {"Latin"}
    path = _find(next(iter(written))) if len(written) == 1 else None
    return None if path is None else ImageFont.truetype(str(path), size_px)


@lru_cache(maxsize=32)
def _find(script: str) -> Path | None:
    return next(_found(NOTO.format(script=script)), None)


def _found(name: str) -> Iterator[Path]:
    for folder in FOLDERS:
        if folder.is_dir():
            yield from folder.rglob(name)


def _script(letter: str) -> str | None:
    """Name the writing of a letter, as fonts do; None for what belongs to all of them."""
    if not letter.isalpha():
        return None
    first = unicodedata.name(letter, "").split(" ")[0].title()
    return {"Arabic": "Arabic", "Latin": "Latin"}.get(first, first)
