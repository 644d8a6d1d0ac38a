"""A script as typed -> the words to be spoken, in sentences, and how long they will take.

``check_script`` is what a door asks before it takes an order: it says no to what cannot be spoken
or is too long, with the seconds it would last. Knows no voice. Cleaning stands in ``cleaning.py``,
the estimate in ``estimate.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.cleaning import clean
from pipeline.speech.estimate import at_rate_s, estimate_s
from pipeline.speech.letters import is_readable, is_speakable
from pipeline.speech.pauses import parts, without_pauses
from pipeline.speech.pronunciations import pronounced

SURELY_TOO_LONG = 8
"""A text of so many times the permitted characters is refused before it is cleaned."""
LONGER_THAN_TOLD = 1.2
"""Estimates are within 15 percent: nobody waits in a line to hear that his words were too long."""
TYPICAL_CHARS_PER_S = 14.0

MAX_SENTENCE_CHARS = 600
LEAST_SHARE_OF_SENTENCES = 0.6
"""A beginning is cut after a sentence, unless that throws away more than the rest of this."""

_ABBREVIATIONS = frozenset(
    ("mr", "mrs", "ms", "dr", "st", "no", "rs", "vs", "e.g", "i.e", "shri", "smt", "prof")
)
"""What a full stop may follow without ending the sentence."""
_END = re.compile(r"[!?।॥۔؟]+[\"'”’)]*\s+|\.[\"'”’)]*\s+(?=[^a-z\s])")
_LAST_WORD = re.compile(r"(\S+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptPlan:
    """What will be spoken, and about how long it takes."""

    text: str
    """The script without markup, emoji and hidden characters; amounts written out. Pauses stay."""
    sentences: tuple[str, ...]
    """Without pauses."""
    duration_s: float
    """Estimated, silence at both ends included; within about 15 % for the embedded voices."""


def check_script(text: str, limits: SpeechSettings, rate_pct: int = 0) -> ScriptPlan:
    """Clean a script and estimate its length at a rate of speech. Raises ``ScriptError``."""
    plan = plan_script(text, limits)
    plan = replace(plan, duration_s=at_rate_s(plan.duration_s, rate_pct))
    if plan.duration_s > limits.max_s:
        raise errors.ScriptTooLong(plan.duration_s, limits.max_s)
    return plan


def plan_script(text: str, limits: SpeechSettings) -> ScriptPlan:
    """Clean a script and estimate its length, whatever that is.

    Raises ``ScriptEmpty``, ``ScriptUnreadable``, and ``ScriptTooLong`` beyond
    ``limits.max_chars``.
    """
    if len(text) > limits.max_chars * SURELY_TOO_LONG:
        raise _too_many_chars(len(text), len(text) / TYPICAL_CHARS_PER_S, limits)
    # Checked before the signs become words: "%&" is punctuation, not "percent and".
    speakable = is_speakable(text)
    cleaned = clean(pronounced(text, limits.pronunciations)) if speakable else ""
    words = without_pauses(cleaned)
    if not is_speakable(words):
        raise errors.ScriptUnreadable if _has_letters(text) else errors.ScriptEmpty
    duration_s = estimate_s(words) + sum(p for p in parts(cleaned) if isinstance(p, float))
    if len(cleaned) > limits.max_chars:
        raise _too_many_chars(len(cleaned), duration_s, limits)
    return ScriptPlan(text=cleaned, sentences=tuple(sentences(cleaned)), duration_s=duration_s)


def most_s(limits: SpeechSettings) -> float:
    """Give the longest speech that is kept: what was taken may turn out a little longer."""
    return LONGER_THAN_TOLD * limits.max_s


def beginning(text: str, limits: SpeechSettings, rate_pct: int = 0) -> str:
    """Give as many words of the beginning as may be spoken; whole sentences, if that is most.

    Raises ``ScriptError`` where not even one word may be.
    """
    words = [match.end() for match in re.finditer(r"\S+", text[: limits.max_chars])]
    fits, too_many = 0, len(words) + 1
    while too_many - fits > 1:
        count = (fits + too_many) // 2
        if _may_be_spoken(text[: words[count - 1]], limits, rate_pct):
            fits = count
        else:
            too_many = count
    cut = text[: words[fits - 1]] if fits else text
    whole = max((match.end() for match in re.finditer(r"[.!?।॥]+(?=\s)", cut)), default=0)
    return cut[:whole] if whole > len(cut) * LEAST_SHARE_OF_SENTENCES else cut


def _may_be_spoken(text: str, limits: SpeechSettings, rate_pct: int) -> bool:
    """Tell whether a text is short enough; one without a word yet is."""
    try:
        check_script(text, limits, rate_pct)
    except errors.ScriptTooLong:
        return False
    except errors.ScriptError:
        return True
    return True


def sentences(text: str) -> Iterator[str]:
    """Cut a clean text after each sentence and each line; pieces that do not sound are dropped."""
    for line in without_pauses(text).split("\n"):
        for sentence in _ended(line):
            for piece in _shortened(sentence.strip()):
                if is_speakable(piece):
                    yield piece


def _has_letters(text: str) -> bool:
    """Tell whether somebody wrote words, though none that a voice reads."""
    return any(unicodedata.category(c) in ("Lo", "Ll", "Lu") and not is_readable(c) for c in text)


def _ended(line: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(line):
        if match[0].startswith(".") and _is_abbreviation(line[start : match.start()]):
            continue
        yield line[start : match.end()]
        start = match.end()
    yield line[start:]


def _is_abbreviation(before: str) -> bool:
    last = _LAST_WORD.search(before)
    return last is not None and last[1].strip("\"'“‘(").lower() in _ABBREVIATIONS


def _shortened(sentence: str) -> Iterator[str]:
    """Cut an endless sentence at the last pause in its last two thirds, else at a space."""
    while len(sentence) > MAX_SENTENCE_CHARS:
        head = sentence[:MAX_SENTENCE_CHARS]
        pause = max(head.rfind(mark) for mark in (", ", "; ", ": ", "، ", " — "))
        cut = pause + 1 if pause >= MAX_SENTENCE_CHARS // 3 else head.rfind(" ")
        cut = cut if cut > 0 else MAX_SENTENCE_CHARS
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    yield sentence


def _too_many_chars(count: int, duration_s: float, limits: SpeechSettings) -> errors.ScriptTooLong:
    """Say it in seconds, the unit in which all limits of speech are told."""
    return errors.ScriptTooLong(
        duration_s, min(limits.max_s, duration_s * limits.max_chars / count)
    )
