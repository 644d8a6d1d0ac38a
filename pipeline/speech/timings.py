"""When each word and each phone sounds, read from espeak-ng's events.

Phones are IPA text as ``lipsync`` expects it: silence is the empty text, neighbouring silences are
one; a modifier (ʲ) or a glide that espeak reports on its own belongs to the phone before it.
Times are seconds from the take's first sample. Knows nothing of lips.
"""

from __future__ import annotations

from bisect import bisect_right

from pipeline.speech.espeak import Take
from pipeline.speech.phrase import Word
from pipeline.types import Timing

SHORTEST_SILENCE_S = 0.08
"""An empty event below this is a glide between two vowels (ɪ·ə in "dear"), not a pause."""
_MODIFIERS = frozenset("ʲʰʷˠˤ̩̃ːˑ")


def phones_of(take: Take, sample_rate_hz: int) -> list[Timing]:
    """Give every phone, without gaps; each lasts until the next begins, the last until the end."""
    # "(en)", "(hi)" are espeak's marks of a change of language, not sounds.
    events = [(e.ipa, e.sample) for e in take.phones if not e.ipa.startswith("(")]
    if events and events[0][1] > 0:
        events.insert(0, ("", 0))
    ends = [sample for _, sample in events[1:]] + [len(take.samples)]
    phones: list[Timing] = []
    for (ipa, sample), end in zip(events, ends, strict=True):
        begin_s, end_s = sample / sample_rate_hz, end / sample_rate_hz
        last = phones[-1] if phones else None
        if last is not None and _belongs_to(last, ipa, end_s - begin_s, is_last=end == ends[-1]):
            phones[-1] = Timing(start_s=last.start_s, end_s=end_s, text=last.text + ipa)
        elif end_s > begin_s:
            phones.append(Timing(start_s=begin_s, end_s=end_s, text=ipa))
    return phones


def _belongs_to(last: Timing, ipa: str, length_s: float, *, is_last: bool) -> bool:
    """Tell whether an event only goes on with the phone before it."""
    if ipa:
        return bool(last.text) and _MODIFIERS.issuperset(ipa)
    return not last.text or (length_s < SHORTEST_SILENCE_S and not is_last)


def words_of(
    take: Take, words: tuple[Word, ...], phones: list[Timing], sample_rate_hz: int
) -> list[Timing]:
    """Give every word its time; a word ends with its last phone that is not silence.

    As many word events as words: they pair in order. Otherwise (a number speaks several words) an
    event belongs to the last word that begins at or before it, and words that espeak-ng drew
    together share their time by length.
    """
    if not words or not take.words:
        return []
    if len(take.words) == len(words):
        starts: list[float | None] = [e.sample / sample_rate_hz for e in take.words]
    else:
        starts = _starts_by_position(take, words, sample_rate_hz)
    spans = _spans(starts, [len(w.text) for w in words], len(take.samples) / sample_rate_hz)
    return [
        Timing(start_s=start_s, end_s=_last_sound(phones, start_s, end_s), text=word.text)
        for word, (start_s, end_s) in zip(words, spans, strict=True)
    ]


def _starts_by_position(
    take: Take, words: tuple[Word, ...], sample_rate_hz: int
) -> list[float | None]:
    firsts = [w.first for w in words]
    starts: list[float | None] = [None] * len(words)
    for event in take.words:
        at = max(0, bisect_right(firsts, event.position) - 1)
        if starts[at] is None:
            starts[at] = event.sample / sample_rate_hz
    return starts


def _spans(
    starts: list[float | None], lengths: list[int], end_s: float
) -> list[tuple[float, float]]:
    """Turn starts into spans; a word without a start shares the span of the one before it."""
    spans: list[tuple[float, float]] = []
    at = 0
    while at < len(starts):
        following = at + 1
        while following < len(starts) and starts[following] is None:
            following += 1
        begin = starts[at] or 0.0
        until = starts[following] if following < len(starts) else None
        until = end_s if until is None else max(until, begin)
        total = sum(lengths[at:following])
        for length in lengths[at:following]:
            share = (until - (starts[at] or 0.0)) * length / total
            spans.append((begin, begin + share))
            begin += share
        at = following
    return spans


def _last_sound(phones: list[Timing], start_s: float, end_s: float) -> float:
    """Find where the last phone of a word ends; the span's own end when it holds none."""
    inside = [p.end_s for p in phones if p.text and start_s <= p.start_s < end_s]
    return min(inside[-1], end_s) if inside else end_s
