"""What people type, made into what a voice can read: no markup, emoji or hidden characters.

The order matters and follows from what each step may uncover: characters first, then structure
(code, links, addresses), then signs, then white space. The steps run until nothing changes any
more, so cleaning a clean text leaves it as it is. Nothing that sounds is lost, save code between
fences, the inside of an address, which is said as "link", and writing systems that no voice reads.

Knows no voice and no limit. The next rule goes into the table of the step it belongs to, and as a
row into the test's table.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.speech.abbreviations import spoken_abbreviations
from pipeline.speech.amounts import spoken_amounts
from pipeline.speech.contacts import spoken_contacts
from pipeline.speech.letters import has_indic, is_readable
from pipeline.speech.measures import spoken_measures
from pipeline.speech.moments import spoken_moments
from pipeline.speech.pauses import mark, parts

ROUNDS = 12
LONGEST_RUN, PIECE = 100, 50

_JOINERS = "\u200c\u200d"
_STRAY_JOINER = re.compile(f"(?<![{_JOINERS}])[{_JOINERS}]+")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
_WHOLE_LETTERS = dict(zip("łđħıœŋŁĐĦŒŊ", ("l", "d", "h", "i", "oe", "n", *"LDHON"), strict=True))
"""Latin letters with a stroke, which Unicode does not take apart."""

_COLOUR = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
"""What terminals print in colour."""
_STRUCTURE = (
    (re.compile(r"```.*?(?:```|\Z)", re.DOTALL), " "),
    (re.compile(r"!?\[([^\[\]\n]{1,500})\]\([^()\s]{0,2000}\)"), r" \1 "),
    (re.compile(r"</?[A-Za-z][^<>\n]{0,200}>"), " "),
    (re.compile(r"(?m)^[ \t]*(?:(?:[-+•·]|\d{1,3}\))[ \t]+)+"), ""),
)
_SIGNS = (
    (re.compile(r"[*_~`>|<{}\[\]\\^=#@•]+"), " "),
    (re.compile(r"(?<=[^\W\d_])/(?=[^\W\d_])"), " "),
    (re.compile(r"\.{2,}|…+"), ", "),
    (re.compile(r"([!?;:,])[!?;:,]*\1"), r"\1"),
)
_SPACE = (
    (re.compile(r"[^\S\n]+"), " "),
    (re.compile(r" ?\n[\n ]*"), "\n"),
    (re.compile(r" +(?=[,.;:!?।])"), ""),
)
_RUN = re.compile(rf"[^\s.,;:!?()/—–-]{{{LONGEST_RUN + 1},}}")


def clean(text: str) -> str:
    """Give the text as it will be spoken; one line per paragraph, and pauses in one spelling."""
    cleaned = [mark(p) if isinstance(p, float) else _cleaned(p.strip()) for p in parts(text)]
    return " ".join(part for part in cleaned if part)


def _cleaned(text: str) -> str:
    for _ in range(ROUNDS):
        before = text
        text = _once(text)
        if text == before:
            break
    return text


def _once(text: str) -> str:
    text = _COLOUR.sub("", text)
    text = _visible(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    for pattern, instead in _STRUCTURE:
        text = pattern.sub(instead, text)
    text = "\n".join(_written_out(line) for line in spoken_contacts(text).split("\n"))
    for pattern, instead in _SIGNS:
        text = pattern.sub(instead, text)
    for pattern, instead in _SPACE:
        text = pattern.sub(instead, text)
    return _RUN.sub(lambda m: _in_pieces(m[0]), text).strip()


def _written_out(line: str) -> str:
    """Write what a voice cannot know as words; Indic voices read dates and units themselves."""
    if has_indic(line):
        return spoken_amounts(line)
    line = spoken_measures(spoken_amounts(spoken_moments(line)))
    return spoken_abbreviations(line)


def _visible(text: str) -> str:
    """Keep what some voice can read.

    Joiners stay where they join letters: conjuncts of Indic scripts need them.
    """
    text = "".join(map(_as_read, text))
    return _STRAY_JOINER.sub(lambda m: m[0][0] if _joins(text, m.start()) else "", text)


@lru_cache(maxsize=4096)
def _as_read(char: str) -> str:
    """Give a character as a voice reads it: itself, its plain letters, a space, or nothing."""
    if char in "\n\t" or char in _JOINERS:
        return char
    if char == "−":  # the sign of a negative number, beyond the punctuation that is read
        return "-"
    kind = unicodedata.category(char)
    if kind in _UNSEEN:
        return ""
    if is_readable(char):
        return char
    if kind in ("Zl", "Zp"):
        return "\n"
    # Styled (𝐇, Ｈ) and accented (ṣ, ā) letters are the plain ones; nothing else becomes ASCII.
    plain = _WHOLE_LETTERS.get(char) or unicodedata.normalize("NFKD", char)
    plain = "".join(c for c in plain if c.isascii() and c.isalnum())
    if plain and kind[0] in "LN":
        return plain
    return "" if kind[0] == "M" else " "  # a variation selector; an emoji, a foreign letter


def _joins(text: str, at: int) -> bool:
    return at > 0 and unicodedata.category(text[at - 1])[0] in "LM"


def _in_pieces(run: str) -> str:
    """Break a run that espeak-ng would cut off; before a letter, not before a mark."""
    pieces: list[str] = []
    while len(run) > PIECE:
        cut = PIECE
        while cut > PIECE // 2 and (
            run[cut] in _JOINERS or unicodedata.category(run[cut])[0] == "M"
        ):
            cut -= 1
        pieces.append(run[:cut])
        run = run[cut:]
    return " ".join([*pieces, run])
