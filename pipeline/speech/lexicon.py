"""Hindi words and names that Indians write in Latin letters, as the Hindi table should read them.

English rules read "namaste" as "namast". A word here goes to espeak-ng in Devanagari instead. The
list stands in ``config/hinglish.toml``: words that no English sentence means otherwise, and words
that are English too ("main", "to", "hum") and count as Hindi only in Hindi company. Knows no
phonemes. The next word is a row there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline import errors

LIST_FILE = Path(__file__).resolve().parents[2] / "config" / "hinglish.toml"
LEAST_SURE, LEAST_SHARE = 2, 0.6
"""A piece is Hindi when it has so many sure words, and so many of all its words are known."""

_LIST = TypeAdapter(dict[str, dict[str, str]])


def in_devanagari(word: str, *, among_hindi: bool = False) -> str | None:
    """Give a Hindi word written in Latin letters as Hindi writes it, or None for another word."""
    lower = word.lower()
    return _surely().get(lower) or (_perhaps().get(lower) if among_hindi else None)


def is_romanised(words: Sequence[str]) -> bool:
    """Tell whether words in Latin letters are Hindi, taken together."""
    lower = [word.lower() for word in words]
    sure = sum(word in _surely() for word in lower)
    known = sure + sum(word in _perhaps() for word in lower)
    return sure >= LEAST_SURE and known >= LEAST_SHARE * len(lower)


def _surely() -> Mapping[str, str]:
    return _read()["surely"]


def _perhaps() -> Mapping[str, str]:
    return _read()["perhaps"]


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Mapping[str, str]]:
    try:
        lists = _LIST.validate_python(tomllib.loads(LIST_FILE.read_text(encoding="utf-8")))
        return {name: lists[name] for name in ("surely", "perhaps")}
    except (OSError, KeyError, tomllib.TOMLDecodeError, ValidationError) as e:
        raise errors.SettingsInvalid(f"The list {LIST_FILE.name} cannot be used.") from e
