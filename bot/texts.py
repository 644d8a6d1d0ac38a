"""Find a sentence in ``config/texts`` and fill it in.

Values are escaped for Telegram's HTML, whole numbers are grouped the Indian way (1,00,000), a
sentence that counts something has the forms ``one`` and ``other``. Not known here: who reads it
and when. Where the next one goes: a key in every file of ``config/texts``; another language is
another file there.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path

from pipeline.types import JobId

TEXTS_FOLDER = Path(__file__).resolve().parent.parent / "config" / "texts"
FALLBACK_LANGUAGE = "en"
# No letter or digit that is read or heard as another one (0 O, 1 I L, U V).
ID_LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"

DECEIVING = dict.fromkeys(
    [
        *(sign for sign in range(0x20) if sign not in {0x09, 0x0A}),
        *range(0x7F, 0xA0),
        0x061C,
        *range(0x200E, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
"""Control signs, line separators, marks of direction; joiners stay: Indian scripts need them."""

Value = str | int | float
Sentence = str | dict[str, str]


class Texts:
    """Every sentence, by language and key. An unknown key is a bug and raises ``KeyError``."""

    def __init__(self, sentences: Mapping[str, Mapping[str, Sentence]]) -> None:
        self._sentences = sentences

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are, the fallback first."""
        others = sorted(set(self._sentences) - {FALLBACK_LANGUAGE})
        return (FALLBACK_LANGUAGE, *others)

    def language(self, code: str | None) -> str:
        """Choose a language for a user's IETF code (``hi-IN``); English where there is none."""
        short = (code or "").split("-")[0].lower()
        return short if short in self._sentences else FALLBACK_LANGUAGE

    def has(self, key: str) -> bool:
        """Tell whether a sentence of this name exists."""
        return key in self._sentences[FALLBACK_LANGUAGE]

    def keys(self, language: str) -> frozenset[str]:
        """List the names of the sentences of one language."""
        return frozenset(self._sentences[language])

    def html(self, language: str, key: str, /, **values: Value) -> str:
        """Give a sentence for a message; the values are escaped, the sentence's own tags stay."""
        written = {name: html.escape(written_value(v), quote=False) for name, v in values.items()}
        return self._template(language, key, values).format(**written)

    def plain(self, language: str, key: str, /, **values: Value) -> str:
        """Give a sentence for a button, a toast or a command's line, which know no HTML."""
        written = {name: written_value(v) for name, v in values.items()}
        return self._template(language, key, values).format(**written)

    def error(self, language: str, code: str, values: Mapping[str, Value]) -> str:
        """Give the sentence of an error's code; a code of a newer worker reads as ``internal``."""
        known = self.has(f"error.{code}")
        return self.html(language, f"error.{code}", **values) if known else self.internal(language)

    def internal(self, language: str) -> str:
        """Give the apology for what nobody foresaw."""
        return self.html(language, "error.internal")

    def _template(self, language: str, key: str, values: Mapping[str, Value]) -> str:
        sentence = self._sentences[self.language(language)][key]
        if isinstance(sentence, str):
            return sentence
        (count,) = (v for v in values.values() if isinstance(v, int))
        return sentence["one" if count == 1 else "other"]


def load_texts(folder: Path = TEXTS_FOLDER) -> Texts:
    """Read every language; blocking, done once at start."""
    return Texts(
        {
            path.stem: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(folder.glob("*.json"))
        }
    )


def written_value(value: Value) -> str:
    """Write a value for people: 100000 is 1,00,000; a whole float has no point.

    Signs that are not seen and turn the order of what follows, or that control, are left out:
    people choose their names, and a name may not rewrite the sentence around it.
    """
    if isinstance(value, str):
        return value.translate(DECEIVING)
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.1f}"
    return indian_grouping(int(value))


def indian_grouping(number: int) -> str:
    """Group digits as in India: the last three, then by two (12,34,567)."""
    sign, digits = ("-" if number < 0 else ""), str(abs(number))
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return sign + ",".join([*pairs, tail])


def short_id(job_id: JobId | str) -> str:
    """Give the name that people read, ``#K7Q2``; the same job has always the same.

    Four letters of 29: two of one person's open jobs share a name once in about 700,000 times.
    """
    number = int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:8])
    letters = []
    for _ in range(4):
        number, index = divmod(number, len(ID_LETTERS))
        letters.append(ID_LETTERS[index])
    return "#" + "".join(letters)
