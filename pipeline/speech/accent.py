"""English phonemes in an Indian accent: espeak-ng's mnemonics of `en` mapped onto its `hi` table.

Stock espeak-ng has no Indian English (espeak-ng/espeak-ng#1981, #2553), and its Hindi voice reads
Latin letters with a British accent. So English is turned into phonemes by `en`, mapped here, and
spoken as `[[…]]` by the `hi` table: t and d turn retroflex, th dental, v and w one sound, FACE and
GOAT plain long vowels, every r is spoken, vowels are reduced little.

The module is data and two small functions. It does not know espeak-ng itself (``espeak.py``), nor
how a sentence is put together (``phrase.py``). A new sound is a row here; a word that is spoken
wrongly is a row of ``FUNCTION_WORDS`` until there is a lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

VOWELS = {
    # rhotic diphthongs and triphthongs: every r is kept
    "aI@3": "aI@r",
    "aI@": "aI@",
    "aI3": "aI@r",
    "aU@r": "aU@r",
    "aU@": "aU@r",
    "i@3": "I@r",
    "i@": "I@",
    # FACE and GOAT: monophthongs
    "eI": "e:",
    "oU": "o:",
    "oU#": "o:",
    "aI": "aI",
    "aI2": "aI",
    "aU": "aU",
    "OI": "OI",
    "i:": "i:",
    "u:": "u:",
    "A:": "a:",
    "O:": "O:",
    "3:": "@:r",
    "VR": "@:r",
    "aa": "a:",
    "A@": "a:r",
    "O@": "O:r",
    "o@": "o:r",
    "U@": "U@r",
    "e@": "e:r",
    "I": "I",
    "I2": "I",
    "I#": "I",
    "i": "i",
    "E": "E",
    "E2": "E",
    "E#": "E",
    "a": "&:",
    "a#": "@",
    "0": "O",
    "0#": "O",
    "V": "V",
    "U": "U",
    "u": "U",
    "3": "@r",
    "@L": "@l",
    "@2": "@",
    "@5": "@",
    "@-": "@",
    "@": "@",
    "e": "e",
    "o": "o:",
}
"""Vowels: they carry the stress mark that stood with the token."""

CONSONANTS = {
    "tS": "tS",
    "dZ": "dZ",
    # retroflex stops, dental fricatives as stops
    "t#": "t.",
    "t2": "t.",
    "t": "t.",
    "d#": "d.",
    "d": "d.",
    "T": "t#",
    "D": "d",
    "n-": "@n",
    "l-": "@l",
    "?": "t.",
    "S": "S",
    "Z": "Z",
    "N": "N",
    "p": "p",
    "b": "b",
    "k": "k",
    "g": "g",
    "f": "f",
    "v": "v",
    "w": "v",
    "s": "s",
    "z": "z",
    "r": "r",
    "r-": "r",
    "R": "r",
    "R2": "r",
    "l": "l",
    "l#": "l",
    "m": "m",
    "n": "n",
    "h": "h",
    "j": "j",
    "x": "k",
    "C": "S",
    ";": "",
    "_": "",
}
"""Consonants: they drop the stress mark."""

FUNCTION_WORDS = {
    "a": "e",
    "an": "&:n",
    "the": "d@",
    "to": "t.U",
    "of": "Ov",
    "and": "&:nd.",
    "for": "fO:r",
    "in": "In",
    "on": "On",
    "at": "&:t.",
    "is": "Iz",
    "are": "a:r",
    "was": "vOz",
    "were": "v@:r",
    "with": "vId",
    "from": "frOm",
    "as": "&:z",
    "but": "b@t.",
    "or": "O:r",
    "that": "d&:t.",
    "this": "dIs",
    "it": "It.",
    "be": "bi:",
    "we": "vi:",
    "you": "ju:",
    "he": "hi:",
    "she": "Si:",
    "they": "de:",
    "i": "aI",
    "my": "maI",
    "your": "jo:r",
    "our": "aU@r",
    "his": "hIz",
    "her": "h@:r",
    "by": "baI",
    "have": "h&:v",
    "has": "h&:z",
    "had": "h&:d.",
    "will": "vIl",
    "can": "k&:n",
    "do": "d.u:",
    "not": "nOt.",
    "so": "so:",
    "if": "If",
    "me": "mi:",
    "us": "@s",
}
"""Words without stress and with full vowels, in lower case; looked up before anything else."""

_SEPARATORS = re.compile(r"[_ ]+")
_LANGUAGE_MARK = re.compile(r"\([^)]*\)")
_NOT_SOUND = str.maketrans("", "", "',%=|!")


def function_word(word: str) -> str | None:
    """Give the phonemes of a word that Indian English hardly reduces, or None for another word."""
    return FUNCTION_WORDS.get(word.lower().replace("’", "'"))


def accented(mnemonics: str) -> str:
    """Turn espeak's `en` mnemonics, separated by ``_`` and spaces, into those of the `hi` table.

    A mnemonic that stands in neither table is dropped, never spoken; ``unmapped`` names it.
    """
    spoken = "".join(_mapped(mark, sound) for mark, sound in _sounds(mnemonics))
    return spoken.replace("rr", "r")


def unmapped(mnemonics: str) -> list[str]:
    """List the mnemonics that neither table knows."""
    return [s for _, s in _sounds(mnemonics) if s not in VOWELS and s not in CONSONANTS]


def _sounds(mnemonics: str) -> Iterator[tuple[str, str]]:
    """Yield (stress mark or "", mnemonic) for each sound."""
    for token in _SEPARATORS.split(_LANGUAGE_MARK.sub("", mnemonics)):
        mark = "'" if "'" in token else "," if "," in token else ""
        if sound := token.translate(_NOT_SOUND):
            yield mark, sound


def _mapped(mark: str, sound: str) -> str:
    if sound == "V" and not mark:
        return "@"  # the hi table deletes an unstressed V
    if sound in VOWELS:
        return mark + VOWELS[sound]
    return CONSONANTS.get(sound, "")
