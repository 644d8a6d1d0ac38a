"""Stretches of speech laid end to end: long pauses shortened, times moved along.

Whoever speaks in pieces (an online voice, several voices in one script) gives ``Passage`` values;
here they become one. Knows no voice, no file and no level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.types import Timing

LEAD_IN_S, TAIL_S = 0.25, 0.35
"""Silence at both ends: the mouth starts and ends closed."""
PAUSE_S = 0.30
"""Between two passages."""
LONGEST_PAUSE_S, SHORTENED_PAUSE_S = 0.7, 0.45
"""Inside a passage. Online voices rest 1.2 s after each full stop."""

_FRAME_S = 0.01
_QUIET = 0.004
"""Peak of a frame, of full scale: -48 dB."""
_MARGIN_S = 0.05
"""The faint end of a word is quieter than that, and stays."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passage:
    """A stretch of speech in memory; times count from its first sample."""

    samples: NDArray[np.int16]
    sample_rate_hz: int
    words: tuple[Timing, ...] = ()
    phones: tuple[Timing, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate_hz


def tightened(passage: Passage) -> Passage:
    """Shorten long pauses, and cut or fill the silence at both ends to the usual length."""
    rate_hz = passage.sample_rate_hz
    cuts: list[tuple[int, int]] = []
    lead_in = tail = 0
    for first, last in _quiet_runs(passage):
        at_start, at_end = first == 0, last == len(passage.samples)
        length_s = (last - first) / rate_hz
        if at_start or at_end:
            keep_s = LEAD_IN_S if at_start else TAIL_S
            keep = round(min(keep_s, length_s) * rate_hz)
            cuts.append((first, last - keep) if at_start else (first + keep, last))
            lead_in, tail = (keep if at_start else lead_in), (keep if at_end else tail)
        elif length_s > LONGEST_PAUSE_S:
            half = round(SHORTENED_PAUSE_S / 2 * rate_hz)
            cuts.append((first + half, last - half))
    cut = _without(passage, cuts)
    return _padded(cut, round(LEAD_IN_S * rate_hz) - lead_in, round(TAIL_S * rate_hz) - tail)


def joined(passages: Sequence[Passage], pauses_s: Sequence[float]) -> Passage:
    """Lay passages of one sample rate end to end; ``pauses_s[i]`` is silence before the i-th."""
    rate_hz = passages[0].sample_rate_hz
    sound: list[NDArray[np.int16]] = []
    words: list[Timing] = []
    phones: list[Timing] = []
    length = 0
    # Phones cover the whole or are not known at all.
    knows_phones = all(passage.phones for passage in passages)
    for passage, pause_s in zip(passages, pauses_s, strict=True):
        rest = round(pause_s * rate_hz)
        if rest:
            sound.append(np.zeros(rest, np.int16))
            _add(
                phones, Timing(start_s=length / rate_hz, end_s=(length + rest) / rate_hz, text="")
            )
        start_s = (length + rest) / rate_hz
        sound.append(passage.samples)
        length += rest + len(passage.samples)
        words += [moved(word, start_s) for word in passage.words]
        for phone in passage.phones:
            _add(phones, moved(phone, start_s))
    return Passage(
        samples=np.concatenate(sound),
        sample_rate_hz=rate_hz,
        words=tuple(words),
        phones=tuple(phones) if knows_phones else (),
    )


def moved(timing: Timing, by_s: float) -> Timing:
    """Give the same word or phone, later."""
    return replace(timing, start_s=timing.start_s + by_s, end_s=timing.end_s + by_s)


def _add(phones: list[Timing], phone: Timing) -> None:
    if phones and phone.text == phones[-1].text == "":
        phone = replace(phone, start_s=phones.pop().start_s)
    phones.append(phone)


def _quiet_runs(passage: Passage) -> list[tuple[int, int]]:
    """List (first, last + 1) samples of the quiet stretches, their margins taken off."""
    size = max(1, round(_FRAME_S * passage.sample_rate_hz))
    count = len(passage.samples) // size
    frames = np.abs(passage.samples[: count * size].astype(np.int32)).reshape(count, size)
    quiet = np.concatenate([[False], frames.max(axis=1) < _QUIET * 32768, [False]])
    edges = np.flatnonzero(quiet[1:] != quiet[:-1])
    margin = round(_MARGIN_S * passage.sample_rate_hz)
    runs = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        first = 0 if begin == 0 else begin * size + margin
        last = len(passage.samples) if end == count else end * size - margin
        if last > first:
            runs.append((first, last))
    return runs


def _without(passage: Passage, cuts: Sequence[tuple[int, int]]) -> Passage:
    cuts = [(first, last) for first, last in cuts if last > first]
    keep = np.ones(len(passage.samples), bool)
    for first, last in cuts:
        keep[first:last] = False
    spans = [
        (first / passage.sample_rate_hz, last / passage.sample_rate_hz) for first, last in cuts
    ]

    def at(time_s: float) -> float:
        return time_s - sum(min(max(time_s - a, 0.0), b - a) for a, b in spans)

    def cut(timing: Timing) -> Timing:
        return replace(timing, start_s=at(timing.start_s), end_s=at(timing.end_s))

    return replace(
        passage,
        samples=passage.samples[keep],
        words=tuple(map(cut, passage.words)),
        phones=tuple(map(cut, passage.phones)),
    )


def _padded(passage: Passage, before: int, after: int) -> Passage:
    before, after = max(before, 0), max(after, 0)
    shift_s = before / passage.sample_rate_hz
    samples = np.pad(passage.samples, (before, after))
    end_s = len(samples) / passage.sample_rate_hz
    return replace(
        passage,
        samples=samples,
        words=tuple(_within(moved(word, shift_s), end_s) for word in passage.words),
        phones=tuple(_within(moved(phone, shift_s), end_s) for phone in passage.phones),
    )


def _within(timing: Timing, end_s: float) -> Timing:
    """Hold a time inside the sound: a service may claim a word a little beyond its end."""
    last_s = min(max(timing.end_s, 0.0), end_s)
    return replace(timing, start_s=min(max(timing.start_s, 0.0), last_s), end_s=last_s)
