"""Where somebody speaks: tells a voice from tones, hum, noise, beeps and music.

A voice has a pitch, and neither its pitch nor its vowels stand still: within 60 ms its fine
spectrum has become another one. Noise has no pitch; a note keeps its spectrum while it lasts.
Loudness and its rhythm tell nothing (measured). Knows samples; knows no mouth.

Measured share of the sounding frames that speak, in the best three seconds: speech .64 and more,
in noise or over a piano .55 and more at an SNR of 10 dB, .49 at 5 dB; beeps, a piano, a band .34
at most, a violin .40, at eight notes a second .48; noise, hum, wind, tones and drums 0. Singing
counts as speech. Whispering does not: it has no pitch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.track import Curve

HOP_S, WINDOW_S = 0.010, 0.064
TURNED_S = 0.060
"""The spectrum is compared with itself this much later."""
VOICE_HZ, FINE_HZ = (70.0, 2500.0), (250.0, 3500.0)
"""Where periods are looked for, and where the fine spectrum is compared."""
PITCH_HZ = (70.0, 400.0)
PERIODIC, SAME = 0.45, 0.75
"""Autocorrelation from which a frame has a pitch; cosine from which two spectra are the same."""
SOUNDING_DB = 25.0
"""How far below the loudest frames one still counts as sound."""
STRETCH_S = 3.0
LEAST_SHARE, LEAST_PER_S = 0.20, 0.10
"""Share of the sounding frames that must speak, and what each second of the best stretch adds:
half of them in three seconds. Shorter ones tell less: two seconds of speech have .34 at the least,
half a second has any share."""
AROUND_S = 1.5
NOBODY, SURELY = 0.15, 0.32
"""Shares within ``AROUND_S`` at which nobody, and at which surely somebody, speaks."""
LEAST_HEARD = 0.13
"""Share of a stretch that must sound before its share of speech can be whole."""
BLOCK = 400
"""Frames that are looked at together: an hour must not need an hour's memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicing:
    """One value per 10 ms."""

    speaking: NDArray[np.bool_]
    """A voice is moving just here."""
    sounding: NDArray[np.bool_]
    """Anything is to be heard."""

    @property
    def share(self) -> float:
        """Give the share of what sounds that speaks, in the stretch where it is greatest."""
        return float(self._shares(STRETCH_S, "valid").max())

    @property
    def is_speech(self) -> bool:
        """Tell whether somebody's speech is to be heard at all."""
        length_s = min(STRETCH_S, HOP_S * len(self.sounding))
        return self.share >= LEAST_SHARE + LEAST_PER_S * length_s

    def trust(self) -> Curve:
        """Return 0 to 1: how surely somebody speaks around here, beside what else may sound."""
        share = self._shares(AROUND_S, "same")
        result: Curve = np.clip((share - NOBODY) / (SURELY - NOBODY), 0.0, 1.0)
        return result

    def _shares(self, width_s: float, mode: Literal["valid", "same"]) -> Curve:
        """Return the share in each stretch; little sound in it counts as little speech."""
        ones = np.ones(min(len(self.sounding), round(width_s / HOP_S)))
        heard = np.convolve(self.sounding, ones, mode)
        spoken = np.convolve(self.speaking & self.sounding, ones, mode)
        result: Curve = spoken / np.maximum(heard, LEAST_HEARD * len(ones))
        return result


def voicing_of(samples: NDArray[np.int16], rate_hz: int) -> Voicing:
    """Look at every 10 ms of a mono recording."""
    length = round(WINDOW_S * rate_hz)
    size = 1 << (length - 1).bit_length()
    hann = np.hanning(length)
    padded = np.pad(samples.astype(np.float64) / 32768.0, (length // 2, length))
    starts = np.round(np.arange(int(len(samples) / (HOP_S * rate_hz)) + 1) * HOP_S * rate_hz)
    periodic, level, fine = [], [], []
    for block in np.array_split(starts.astype(np.intp), max(1, len(starts) // BLOCK)):
        frames = padded[block[:, None] + np.arange(length)] * hann
        power = np.abs(np.fft.rfft(frames, size)) ** 2
        hertz = np.fft.rfftfreq(size, 1 / rate_hz)
        periodic.append(_periodicity(power, hertz, size, rate_hz))
        band = power[:, (hertz >= FINE_HZ[0]) & (hertz < FINE_HZ[1])]
        level.append(10 * np.log10(band.sum(axis=1) + 1e-12))
        fine.append(_unit(np.sqrt(band)).astype(np.float32))
    loud = np.concatenate(level)
    same = _sameness(np.concatenate(fine))
    return Voicing(
        speaking=(np.concatenate(periodic) > PERIODIC) & (same < SAME),
        sounding=loud > np.percentile(loud, 95) - SOUNDING_DB,
    )


def _periodicity(power: Curve, hertz: NDArray[np.floating], size: int, rate_hz: int) -> Curve:
    """Return the greatest autocorrelation within the range of pitches, per frame."""
    voice = np.where((hertz >= VOICE_HZ[0]) & (hertz < VOICE_HZ[1]), power, 0.0)
    first, last = int(rate_hz / PITCH_HZ[1]), int(rate_hz / PITCH_HZ[0])
    correlation = np.fft.irfft(voice, size, axis=1)[:, : last + 1]
    whole = np.maximum(correlation[:, :1], 1e-12)
    result: Curve = (correlation[:, first:] / whole).max(axis=1)
    return result


def _sameness(fine: NDArray[np.float32]) -> Curve:
    """Return how much the spectrum around each frame is the same at both ends of 60 ms."""
    reach = round(TURNED_S / HOP_S)
    same = np.ones(len(fine))
    if len(fine) > reach:
        ahead = (fine[reach:] * fine[:-reach]).sum(axis=1)
        same[reach // 2 : reach // 2 + len(ahead)] = ahead
    return same


def _unit(rows: Curve) -> Curve:
    result: Curve = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return result
