"""An operator's own list of words and how to write them so that they sound right.

A TOML file with one table, named by ``speech.pronunciations``::

    [words]
    Noida = "नोएडा"
    Bolti = "bolti"

A key is a whole word or several, in any case; it is replaced before the text is cleaned. What is
written instead must hold no key itself, or the list would change its own words again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline import errors

_WORDS = TypeAdapter(dict[str, dict[str, str]])


def pronounced(text: str, file: str) -> str:
    """Write the words of the list as they sound. Raises ``SettingsInvalid`` for a bad list."""
    if not file:
        return text
    pattern, words = _list(file)
    return pattern.sub(lambda m: words[m[0].casefold()], text)


@lru_cache(maxsize=4)
def _list(file: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Read a list once; a change needs a restart."""
    try:
        tables = _WORDS.validate_python(tomllib.loads(Path(file).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as e:
        raise errors.SettingsInvalid(
            f"speech.pronunciations names {file}, which cannot be used: it must be TOML with one "
            f"table [words] of texts ({type(e).__name__})."
        ) from e
    words = {key.casefold().strip(): value for key, value in tables.get("words", {}).items()}
    words.pop("", None)
    longest_first = sorted(words, key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first)) or r"(?!)"
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    for key, value in words.items():
        if again := pattern.search(value):
            raise errors.SettingsInvalid(
                f"speech.pronunciations: '{key}' is written with '{again[0]}', which the list "
                "changes too. Write it another way."
            )
    return pattern, words
