"""Who reads which part of a script: the chosen voice, and another where it cannot read it.

A voice reads its own writing system and Latin letters; Indian voices read the English words inside
an Indian sentence, English voices read no Indian script at all. So each sentence whose letters are
Indian to a share of 15 % goes to a voice of its language, of the same gender and provider where
there is one. The embedded voices find a table for every script themselves. Knows no sound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.speech.letters import ASSAMESE, Writing, writing_of
from pipeline.speech.pauses import parts
from pipeline.speech.text import sentences
from pipeline.speech.voices import stand_in
from pipeline.types import Voice

INDIAN_SHARE = 0.15
LOCALES = {
    Writing.LATIN: "en-IN",
    Writing.DEVANAGARI: "hi-IN",
    Writing.BENGALI: "bn-IN",
    Writing.GURMUKHI: "pa-IN",
    Writing.GUJARATI: "gu-IN",
    Writing.ORIYA: "or-IN",
    Writing.TAMIL: "ta-IN",
    Writing.TELUGU: "te-IN",
    Writing.KANNADA: "kn-IN",
    Writing.MALAYALAM: "ml-IN",
    Writing.ARABIC: "ur-IN",
}
SAME_WRITING = {"mr-IN": "hi-IN", "as-IN": "bn-IN"}
"""Languages that borrow the writing system of a larger neighbour."""
MARATHI = frozenset(
    ("आहे", "आहेत", "आणि", "नाही", "मला", "काय", "तुम्ही", "आम्ही", "होते", "केले", "मी", "माझे")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Sentences in a row that one voice speaks, after a pause that the script asks for."""

    text: str
    voice: Voice
    pause_s: float = 0.0


def language_of(text: str) -> str:
    """Name the locale whose voice should read a text."""
    letters = Counter(w for w in map(writing_of, text) if w is not None)
    if not letters:
        return "en-IN"
    writing, count = max(letters.items(), key=lambda item: (item[0] is not Writing.LATIN, item[1]))
    if writing is Writing.LATIN or count < INDIAN_SHARE * letters.total():
        return "en-IN"
    if writing is Writing.DEVANAGARI and ("ळ" in text or MARATHI & set(text.split())):
        return "mr-IN"
    if writing is Writing.BENGALI and ASSAMESE & set(text):
        return "as-IN"
    return LOCALES[writing]


def reads(voice: Voice, locale: str) -> bool:
    """Tell whether a voice can read the writing of a language."""
    same = SAME_WRITING.get(voice.locale, voice.locale) == SAME_WRITING.get(locale, locale)
    return voice.provider == "embedded" or locale == "en-IN" or same


def cast(
    text: str, wanted: Voice, offered: Mapping[str, Sequence[Voice]]
) -> Sequence[Span] | None:
    """Give each sentence a voice; None when nobody who is offered can read one of them.

    ``offered`` has the voices of each provider that can be asked, in the order of the chain.
    """
    lead = _lead(wanted, offered)
    if lead is None:
        return None
    spans: list[Span] = []
    pause_s = 0.0
    for part in parts(text):
        if isinstance(part, float):
            pause_s += part
            continue
        for sentence in sentences(part):
            voice = _reader(language_of(sentence), lead, offered)
            if voice is None:
                return None
            last = spans[-1] if spans else None
            if last is not None and last.voice.id == voice.id and not pause_s:
                together = f"{last.text}\n{sentence}"
                spans[-1] = Span(text=together, voice=voice, pause_s=last.pause_s)
            else:
                spans.append(Span(text=sentence, voice=voice, pause_s=pause_s))
            pause_s = 0.0
    return spans


def _lead(wanted: Voice, offered: Mapping[str, Sequence[Voice]]) -> Voice | None:
    """Find who speaks what the wanted voice would: itself, or who stands in for its provider."""
    if wanted.provider in offered:
        return wanted
    for voices in offered.values():
        if chosen := stand_in(wanted, wanted.locale, voices):
            return chosen
    everybody = [voice for voices in offered.values() for voice in voices]
    return _able(wanted.locale, wanted, everybody)


def _reader(locale: str, lead: Voice, offered: Mapping[str, Sequence[Voice]]) -> Voice | None:
    """Find who reads a language: the lead, else its provider, else the chain's order."""
    if reads(lead, locale):
        return lead
    providers = sorted(offered, key=lambda name: name != lead.provider)
    for name in providers:
        if chosen := stand_in(lead, locale, offered[name]):
            return chosen
    return _able(locale, lead, [voice for name in providers for voice in offered[name]])


def _able(locale: str, lead: Voice, voices: Sequence[Voice]) -> Voice | None:
    """Find anybody who can read it; the same gender first."""
    able = [voice for voice in voices if reads(voice, locale)]
    alike = [voice for voice in able if voice.gender == lead.gender]
    return next(iter(alike or able), None)
