"""Driver A: sound alone moves the mouth. For recordings, whose phones nobody knows.

Loudness does not predict how far lips open, so it has no say; the best single feature is the
spectral centroid of 200 to 1100 Hz, which follows the first formant. Against the lips of one real
person this reaches r = .52 for the gap, .18 for the width (``tests/bench/listening_quality.py``;
its weights were chosen on that person, so expect less of others). Sound cannot tell b from d:
closures are guesses. What is no voice (``voicing``) moves nothing.
Knows samples; knows no words and no picture. A better driver is another module of this shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline import errors
from pipeline.lipsync.track import Curve, MouthTrack, faded, frame_times, smooth
from pipeline.lipsync.voicing import voicing_of

HOP_S, WINDOW_S = 0.010, 0.025
REFERENCE = 400 * 512
"""Window times FFT length at 16 kHz: levels are given as if everything had been 16 kHz."""
QUIETEST_DB = -25.0
"""95th percentile of the voice band below which a recording is silence."""
SHORTEST_S = 0.1
OPEN_E, SHAPE_S = 0.165, 0.040
"""Gap of a wish of 1; how far the features of a vowel are smoothed, for lips are slower."""
BRIDGED_S = 0.25
"""Lips stay parted through a pause of this length: people close them in longer ones."""
WIDTH_LEAD_S = -0.020
"""Corners of the mouth come later than its opening does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bands:
    """Levels in dB and centroids in Hz, one per 10 ms."""

    voice: Curve
    low: Curve
    mid: Curve
    high: Curve
    first_formant_hz: Curve
    second_formant_hz: Curve


def mouth_track(
    samples: NDArray[np.int16], sample_rate_hz: int, duration_s: float, fps: int
) -> MouthTrack:
    """Move the mouth to a mono recording, one row per frame.

    Raises ``NoSpeechFound`` for silence, for noise, tones and music, and for what is too short.
    """
    if len(samples) < SHORTEST_S * sample_rate_hz:
        raise errors.NoSpeechFound
    bands = _listen(samples, sample_rate_hz)
    peak, floor = np.percentile(bands.voice, 95), np.percentile(bands.voice, 5)
    voicing = voicing_of(samples, sample_rate_hz)
    if peak < QUIETEST_DB or not voicing.is_speech:
        raise errors.NoSpeechFound

    threshold = max(peak - 30, floor + min(5.0, 0.4 * (peak - floor)))
    active = _sigmoid((_smooth_s(bands.voice, 0.010) - threshold) / 2) * voicing.trust()
    hiss = _sigmoid((bands.high - bands.mid) / 2.5)
    gap = _gap(bands, active, hiss)
    spread = _spread(_smooth_s(bands.second_formant_hz, SHAPE_S), active)
    width = _smooth_s(active * (np.where(hiss > 0.5, 0.6, 0.5 * spread) - 0.15), 0.050)
    lines = {
        "gap": gap,
        "width": np.where(width > 0, 0.05, 0.06) * width,
        "up": 0.008 * np.maximum(width, 0) + 0.006 * _smooth_s(hiss * active, 0.020),
        "rounding": 0.016 * np.maximum(-width, 0),
        "press": np.zeros_like(gap),
        "tongue": 0.3 * _smooth_s(active, 0.030),
    }
    when = frame_times(duration_s, fps) / HOP_S
    ticks = np.arange(len(gap))
    late = {"width", "rounding"}
    return faded(
        MouthTrack(
            **{
                name: np.interp(
                    when + (WIDTH_LEAD_S / HOP_S if name in late else 0.0), ticks, line, right=0.0
                )
                for name, line in lines.items()
            }
        )
    )


def _gap(bands: _Bands, active: Curve, hiss: Curve) -> Curve:
    """Open with the first formant, close where the sound dips or turns nasal."""
    formant = _smooth_s(bands.first_formant_hz, SHAPE_S)
    body = _smooth_s(bands.mid - bands.low, SHAPE_S)
    wish = 0.50 + 0.30 * _spread(formant, active) + 0.06 * _spread(body, active) - 0.30 * hiss
    opened = _bridged(active) * np.clip(wish, 0.06, 1.15)
    around = np.minimum(_running_max(bands.mid, -10, 0), _running_max(bands.mid, 0, 10))
    dip = np.clip((around - bands.mid - 7) / 8, 0, 1) * (1 - hiss)
    nasal = np.clip((bands.low - bands.mid - 6) / 8, 0, 1) * active * (1 - hiss)
    closure = np.maximum(dip, 0.9 * nasal)
    closing = 1 - 0.5 * _smooth_s(_running_max(closure, -1, 1), 0.015)
    gap = OPEN_E * _smooth_s(opened, 0.030) * closing

    near_speech = _running_max(active, -10, 10) > 0.5
    is_top = (closure > 0.6) & (closure >= _running_max(closure, -3, 3)) & near_speech
    gap = np.where(is_top, 0.3 * gap, gap)
    return gap * np.clip(_smooth_s(_bridged(active), 0.020) / 0.1, 0, 1)


def _bridged(active: Curve) -> Curve:
    """Fill pauses that are shorter than ``BRIDGED_S``."""
    reach = round(BRIDGED_S / HOP_S)
    return np.minimum(_running_max(active, -reach, 0), _running_max(active, 0, reach))


def _listen(samples: NDArray[np.int16], rate_hz: int) -> _Bands:
    """Measure the bands of every 10 ms."""
    sound = samples.astype(np.float64) / 32768.0
    length, hop = round(WINDOW_S * rate_hz), HOP_S * rate_hz
    size = 1 << (length - 1).bit_length()
    padded = np.pad(sound, (length // 2, length))
    starts = np.round(np.arange(int(len(sound) / hop) + 1) * hop).astype(np.intp)
    hann = np.hanning(length)
    hertz = np.fft.rfftfreq(size, 1 / rate_hz)
    names = {
        "voice": (250, 3500), "low": (80, 350), "mid": (500, 4000), "high": (4000, 7600),
        "c1": (200, 1100), "c2": (900, 3000),
    }  # fmt: skip
    masks = np.stack([(hertz >= a) & (hertz < b) for a, b in names.values()]).astype(np.float64)
    weighted = masks[4:] * hertz
    sums, moments = [], []
    for block in np.array_split(starts, max(1, len(starts) // 500)):
        frames = padded[block[:, None] + np.arange(length)] * hann
        power = np.abs(np.fft.rfft(frames, size)) ** 2 * (REFERENCE / (length * size))
        sums.append(power @ masks.T)
        moments.append(power @ weighted.T)
    total, moment = np.concatenate(sums).T, np.concatenate(moments).T
    level = 10 * np.log10(np.maximum(total[:4], 1e-12))
    centroid = moment / np.maximum(total[4:], 1e-12)
    return _Bands(
        voice=level[0], low=level[1], mid=level[2], high=level[3],
        first_formant_hz=centroid[0], second_formant_hz=centroid[1],
    )  # fmt: skip


def _spread(curve: Curve, active: Curve) -> Curve:
    """Return how far from its median a feature is, in half-widths of its active range."""
    heard = curve[active > 0.5]
    if len(heard) == 0:
        return np.zeros_like(curve)
    low, middle, high = np.percentile(heard, (15, 50, 85))
    result: Curve = np.clip((curve - middle) / max(1e-9, (high - low) / 2), -2, 2)
    return result


def _running_max(curve: Curve, first: int, last: int) -> Curve:
    """Return the greatest value within ``first`` to ``last`` ticks of each tick."""
    padded = np.pad(curve, (-first, last), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, last - first + 1)
    result: Curve = windows.max(axis=-1)
    return result


def _smooth_s(curve: Curve, sigma_s: float) -> Curve:
    return smooth(curve, sigma_s / HOP_S)


def _sigmoid(x: Curve) -> Curve:
    return 1 / (1 + np.exp(-np.clip(x, -50, 50)))
