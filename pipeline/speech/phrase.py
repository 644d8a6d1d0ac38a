"""A piece of a sentence as espeak-ng shall read it, and where each of its words stands in there.

For the Hindi table English words become ``[[phonemes]]`` in an Indian accent and everything else
goes in as it is, so that Devanagari and English mix within one breath. Every other table reads its
own script only (``letters.runs`` sees to that). Knows no sound and no time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.speech import accent
from pipeline.speech.letters import is_speakable
from pipeline.speech.lexicon import in_devanagari, is_romanised

_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
_WORDS = rf"[{_LATIN}]+(?:['’][{_LATIN}]+)*"
_OTHERS = rf"[^\s{_LATIN}0-9]+|\d[^\s{_LATIN}]*|\s+"
_MIXED = re.compile(rf"(?P<english>{_WORDS})|{_OTHERS}")
_ENGLISH_ONLY = re.compile(rf"(?P<english>\d+(?:[.,]\d+)*|{_WORDS})|{_OTHERS}")
_BY_SPACES = re.compile(r"\S+|\s+")
_RESPELT = {"or": str.maketrans("ୱ", "ବ")}
"""Letters that a table of espeak-ng 1.52 lacks (it then spells the word out), and their equals."""
_BREATH = 50
"""Words in one piece. espeak-ng cuts a clause of more than about a hundred at any place it likes,
even inside a word [observed with 1.52]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A spoken word and its first and last character in the phrase, counted from 1."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What espeak-ng reads in one go."""

    text: str
    words: tuple[Word, ...]


def phrases(
    text: str, *, table: str, english_digits: bool, phonemes: Callable[[str], str]
) -> Iterator[Phrase]:
    """Cut a text into phrases of at most fifty words.

    ``table`` is the one that reads it. For `hi`, English words go in as ``phonemes(word)``, which
    gives espeak's `en` mnemonics; with ``english_digits`` numbers do too, else they are Hindi.
    """
    accented = table == "hi"
    respelt = _RESPELT.get(table, {})
    pattern = (_ENGLISH_ONLY if english_digits else _MIXED) if accented else _BY_SPACES
    among_hindi = accented and is_romanised(re.findall(_WORDS, text))
    parts: list[str] = []
    words: list[Word] = []
    length = 0
    for match in pattern.finditer(text):
        token = match[0]
        is_english = accented and match["english"] is not None
        if is_english:
            written = in_devanagari(token, among_hindi=among_hindi) or _spelt(token, phonemes)
        else:
            written = token.translate(respelt)
        if is_english and parts and not parts[-1].endswith(" "):
            written = " " + written
        if is_speakable(token):
            words.append(Word(text=_bare(token), first=length + 1, last=length + len(written)))
        parts.append(written)
        length += len(written)
        if len(words) >= _BREATH and token.isspace():
            yield Phrase(text="".join(parts), words=tuple(words))
            parts, words, length = [], [], 0
    if words:
        yield Phrase(text="".join(parts), words=tuple(words))


def _spelt(word: str, phonemes: Callable[[str], str]) -> str:
    """Write an English word as phonemes in an Indian accent."""
    spoken = accent.function_word(word) or accent.accented(phonemes(word))
    return f"[[{spoken}]] " if spoken else f"{word} "


def _bare(token: str) -> str:
    """Take off the punctuation before a word's first letter or digit and after its last."""
    inside = [at for at, char in enumerate(token) if unicodedata.category(char)[0] in "LNM"]
    return token[inside[0] : inside[-1] + 1]
