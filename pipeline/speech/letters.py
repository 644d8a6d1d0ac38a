"""Which writing system a letter belongs to, and which espeak-ng table can read it.

Knows Unicode blocks, and nothing of voices or of sound. Another writing system is a row here and a
voice in ``config/voices.toml``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import StrEnum


class Writing(StrEnum):
    """A writing system that some voice can read; the value is espeak-ng's table for it."""

    LATIN = "en"
    DEVANAGARI = "hi"
    BENGALI = "bn"
    GURMUKHI = "pa"
    GUJARATI = "gu"
    ORIYA = "or"
    TAMIL = "ta"
    TELUGU = "te"
    KANNADA = "kn"
    MALAYALAM = "ml"
    ARABIC = "ur"


BLOCKS = (
    (0x0041, 0x024F, Writing.LATIN),
    (0x0600, 0x06FF, Writing.ARABIC),
    (0x0900, 0x097F, Writing.DEVANAGARI),
    (0x0980, 0x09FF, Writing.BENGALI),
    (0x0A00, 0x0A7F, Writing.GURMUKHI),
    (0x0A80, 0x0AFF, Writing.GUJARATI),
    (0x0B00, 0x0B7F, Writing.ORIYA),
    (0x0B80, 0x0BFF, Writing.TAMIL),
    (0x0C00, 0x0C7F, Writing.TELUGU),
    (0x0C80, 0x0CFF, Writing.KANNADA),
    (0x0D00, 0x0D7F, Writing.MALAYALAM),
)

READABLE = (
    (0x0020, 0x007E),
    (0x00A1, 0x00FF),
    *((first, last) for first, last, writing in BLOCKS if writing is not Writing.LATIN),
    (0x0964, 0x0965),
    (0x200C, 0x200D),
    (0x2010, 0x2026),
    (0x20AC, 0x20AC),
    (0x20B9, 0x20B9),
)
"""What some voice can read, and espeak-ng is given: the writing systems and their punctuation."""

SHARED_TABLES = {"mr": Writing.DEVANAGARI, "as": Writing.BENGALI}
"""Tables whose language borrows the writing system of a larger neighbour."""
ASSAMESE = frozenset("ৰৱ")
"""Letters that only Assamese writes; the Bengali table spells them out."""


def writing_of(char: str) -> Writing | None:
    """Name the writing system of a letter or vowel sign; None for digits and punctuation."""
    if unicodedata.category(char)[0] not in "LM":
        return None
    point = ord(char)
    return next((w for first, last, w in BLOCKS if first <= point <= last), None)


def is_readable(char: str) -> bool:
    """Tell whether a character may be given to a voice at all.

    Letters of other writing systems are at best spelt out ("Chinese letter"), and some sequences
    of them overrun a buffer in espeak-ng 1.52 and end its process [observed].
    """
    point = ord(char)
    return any(first <= point <= last for first, last in READABLE)


def has_indic(text: str) -> bool:
    """Tell whether any letter belongs to a writing system of India other than Latin."""
    return any(w not in (None, Writing.LATIN) for w in map(writing_of, text))


def is_speakable(text: str) -> bool:
    """Tell whether there is a letter or a digit that a voice can read."""
    return any(unicodedata.category(c)[0] in "LN" and is_readable(c) for c in text)


def runs(text: str, table: str) -> Iterator[tuple[str, str]]:
    """Cut a text into (piece, table that can read it); everything is kept, in order.

    ``table`` is the voice's own and wins for its writing system, save for what it would spell out
    as a neighbour's (Assamese among Bengali letters). English goes with `hi`, whose
    table the accent map speaks. Digits, punctuation and spaces stay with the letters before them.
    """
    if ASSAMESE & set(text) and SHARED_TABLES.get(table) is not Writing.BENGALI:
        yield from ((piece, "as" if by == "bn" else by) for piece, by in _cut(text, table))
    else:
        yield from _cut(text, table)


def _cut(text: str, table: str) -> Iterator[tuple[str, str]]:
    own = SHARED_TABLES.get(table) or Writing(table)
    start, current = 0, ""
    for at, char in enumerate(text):
        writing = writing_of(char)
        if writing is None:
            continue
        if writing is Writing.LATIN:
            wanted = Writing.DEVANAGARI.value
        else:
            wanted = table if writing is own else writing.value
        if current and wanted != current:
            yield text[start:at], current
            start = at
        current = wanted
    if text:
        yield text[start:], current or table
