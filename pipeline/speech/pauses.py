"""``[pause 1s]`` in a script: silence that its writer asked for.

Read here, kept by the cleaning in one spelling, laid between passages by ``chain``. Knows no
sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_S, USUAL_S = 10.0, 1.0
_MARK = re.compile(
    r"\[\s{0,3}pause(?:\s{1,3}(?P<length>\d{1,3}(?:\.\d{1,3})?)\s{0,3}"
    r"(?P<unit>ms|milliseconds?|s|secs?|seconds?)?)?\s{0,3}\]",
    re.IGNORECASE,
)


def parts(text: str) -> Iterator[str | float]:
    """Yield texts and, between them, pauses in seconds; the texts may be empty."""
    end = 0
    for match in _MARK.finditer(text):
        yield text[end : match.start()]
        yield _length_s(match)
        end = match.end()
    yield text[end:]


def mark(length_s: float) -> str:
    """Write a pause in the one spelling that cleaning keeps."""
    return f"[pause {length_s:g}s]"


def without_pauses(text: str) -> str:
    """Give the text with a line's end for each pause: it also ends a sentence."""
    return _MARK.sub("\n", text)


def _length_s(match: re.Match[str]) -> float:
    length, unit = match["length"], (match["unit"] or "s").lower()
    length_s = USUAL_S if length is None else float(length)
    return round(min(length_s / 1000 if unit.startswith("m") else length_s, LONGEST_S), 3)
