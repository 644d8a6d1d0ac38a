"""When each phone of a recording sounds, where its words are known.

The words are spoken by the embedded voice, whose phones have exact times; its sound is laid along
the recording by dynamic time warping, and every time goes along. Pauses are left out of both and
put back where the recording has them, so other pauses than the voice makes do no harm. Knows two
sounds; makes neither, and reads no words.

Source: H. Sakoe, S. Chiba, "Dynamic programming algorithm optimization for spoken word
recognition", ASSP 1978. How exact it is: ``tests/bench/alignment_quality.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.types import Timing

HOP_S, WINDOW_S = 0.010, 0.025
BANDS, CEPSTRA = 26, 13
LOWEST_HZ, HIGHEST_HZ = 80.0, 7600.0
HEARD_DB = 32.0
"""How far below the loudest frames a frame still sounds."""
SHORTEST_PAUSE_S = 0.12
"""A shorter dip belongs to a stop or to the voice."""
SLANT = 0.35
"""What a step costs more that moves in one of the two sounds only."""
FARTHEST_COST = 0.93
"""Mean distance along the path, in units of the distance of frames that do not belong together,
from which the words are not those of the recording."""

Curve = NDArray[np.float64]
Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A mono sound."""

    samples: Samples
    sample_rate_hz: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Where each moment of the reference lies in the recording."""

    reference_s: Curve
    recording_s: Curve
    pauses: tuple[tuple[float, float], ...]
    """Where the recording pauses, from and to."""
    cost: float
    """How badly the two fit; near 1 they have nothing to do with each other."""

    @property
    def fits(self) -> bool:
        """Tell whether the words can be those of the recording."""
        return self.cost < FARTHEST_COST

    def moved(self, timings: Sequence[Timing]) -> tuple[Timing, ...]:
        """Move times of the reference to the recording; empty texts are dropped."""
        return tuple(
            Timing(start_s=self._at(t.start_s), end_s=self._at(t.end_s), text=t.text)
            for t in timings
            if t.text
        )

    def phones(self, timings: Sequence[Timing], duration_s: float) -> tuple[Timing, ...]:
        """Move phones, with silence (the empty text) where the recording pauses."""
        laid, at_s = list[Timing](), 0.0
        for phone in self.moved(timings):
            start_s, end_s = max(at_s, phone.start_s), min(phone.end_s, duration_s)
            for from_s, to_s in self.pauses:  # what stretched over a pause ends at it, or follows
                if start_s < to_s and end_s > from_s:
                    if from_s - start_s >= end_s - to_s:
                        end_s = from_s
                    else:
                        start_s = to_s
            if end_s - start_s < HOP_S / 2:
                continue
            if start_s > at_s:
                laid.append(Timing(start_s=at_s, end_s=start_s, text=""))
            laid.append(Timing(start_s=start_s, end_s=end_s, text=phone.text))
            at_s = end_s
        if laid and at_s < duration_s:
            laid.append(Timing(start_s=at_s, end_s=duration_s, text=""))
        return tuple(laid)

    def _at(self, moment_s: float) -> float:
        return float(np.interp(moment_s, self.reference_s, self.recording_s))


def aligned(recording: Heard, reference: Heard) -> Alignment:
    """Lay the reference along the recording. Both must sound somewhere."""
    ours, theirs = _features(recording), _features(reference)
    rows, columns = np.flatnonzero(ours.sounding), np.flatnonzero(theirs.sounding)
    distance = _distances(ours.cepstra[rows], theirs.cepstra[columns])
    path = _path(distance)
    cost = float(distance[path[:, 0], path[:, 1]].mean() / distance.mean())
    # Many steps may share a moment of the reference: their mean is where it lies.
    moments = np.unique(path[:, 1])
    sums = np.bincount(path[:, 1], rows[path[:, 0]].astype(np.float64))
    middles = sums[moments] / np.bincount(path[:, 1])[moments]
    return Alignment(
        reference_s=np.asarray(columns[moments] * HOP_S, np.float64),
        recording_s=middles * HOP_S,
        pauses=_pauses(ours.sounding),
        cost=cost,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Features:
    cepstra: Curve
    sounding: NDArray[np.bool_]


def _features(heard: Heard) -> _Features:
    """Measure cepstra and their slopes, each brought to mean 0 and spread 1, every 10 ms."""
    rate_hz, wave = heard.sample_rate_hz, heard.samples / 32768.0
    wave = np.append(wave[:1], wave[1:] - 0.97 * wave[:-1])
    length = round(WINDOW_S * rate_hz)
    size = 1 << (length - 1).bit_length()
    starts = np.round(np.arange(int(len(wave) / (HOP_S * rate_hz)) + 1) * HOP_S * rate_hz)
    padded = np.pad(wave, (length // 2, length))
    frames = padded[starts.astype(np.intp)[:, None] + np.arange(length)] * np.hanning(length)
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    loud_db = 10 * np.log10(power.sum(axis=1) + 1e-10)
    sounding = _without_dips(loud_db > np.percentile(loud_db, 95) - HEARD_DB)
    mel = np.log(power @ _filters(size, rate_hz).T + 1e-8)
    order = np.arange(1, CEPSTRA)[:, None] * (np.arange(BANDS) + 0.5)
    cepstra = mel @ np.cos(np.pi * order / BANDS).T
    cepstra = np.column_stack([cepstra, 3.0 * loud_db])
    slopes = np.gradient(cepstra, axis=0) + np.roll(np.gradient(cepstra, axis=0), 1, axis=0)
    both = np.column_stack([cepstra, slopes])
    inside = both[sounding]
    both = (both - inside.mean(axis=0)) / np.maximum(inside.std(axis=0), 1e-6)
    return _Features(cepstra=both * _WEIGHTS, sounding=sounding)


_WEIGHTS = np.concatenate([np.ones(CEPSTRA - 1), [2.0], 0.6 * np.ones(CEPSTRA)])
"""Cepstra, loudness, slopes."""


def _filters(size: int, rate_hz: int) -> Curve:
    """Return (bands, bins): triangles, evenly spaced in mel."""

    def mel(hertz: float) -> float:
        return float(2595 * np.log10(1 + hertz / 700))

    top = mel(min(HIGHEST_HZ, 0.48 * rate_hz))
    edges = 700 * (10 ** (np.linspace(mel(LOWEST_HZ), top, BANDS + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(size, 1 / rate_hz)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    result: Curve = np.clip(np.minimum(rising, falling), 0.0, None)
    return result


def _without_dips(sounding: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Close pauses that are too short to be one."""
    filled = sounding.copy()
    for start, end in _runs(~sounding):
        if (end - start) * HOP_S < SHORTEST_PAUSE_S and start > 0 and end < len(sounding):
            filled[start:end] = True
    return filled


def _pauses(sounding: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    return tuple((start * HOP_S, end * HOP_S) for start, end in _runs(~sounding))


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _distances(a: Curve, b: Curve) -> Curve:
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    result: Curve = np.sqrt(np.maximum(squared, 0.0))
    return result


def _path(distance: Curve) -> NDArray[np.intp]:
    """Return the cheapest way (n, 2) from the first corner to the last."""
    slanted = SLANT * float(distance.mean())
    rows, columns = distance.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0.0
    came = np.zeros((rows, columns), np.int8)
    for i in range(rows):
        here, before = total[i + 1], total[i]
        both = before[:-1] + distance[i]
        mine = before[1:] + distance[i] + slanted
        best = np.minimum(both, mine)
        came[i] = np.where(both <= mine, 0, 1)
        steps = distance[i] + slanted
        along = np.cumsum(steps)
        # min over k <= j of best[k] + steps[k+1..j], in one pass.
        running = np.minimum.accumulate(best - along)
        here[1:] = running + along
        came[i][here[1:] < best - 1e-9] = 2
    path, i, j = [], rows - 1, columns - 1
    while i >= 0 and j >= 0:
        path.append((i, j))
        way = came[i, j]
        i, j = i - (way != 2), j - (way != 1)
    return np.array(path[::-1], np.intp)
