"""About when each word sounds, where a voice does not say: its letters laid over the voiced time.

Good enough for subtitles and for lips that follow the sound anyway; a word may be a syllable off.
Knows no voice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.speech.estimate import estimate_s
from pipeline.types import Timing

_FRAME_S = 0.02
_BELOW_PEAK = 0.03
"""A frame is voiced when it is louder than this share of the loud frames' level."""


def guessed_words(
    text: str, samples: NDArray[np.int16], sample_rate_hz: int
) -> tuple[Timing, ...]:
    """Give every word of a clean text a time, in order, without overlap."""
    words = [bare for token in text.split() if (bare := _bare(token))]
    if not words or not len(samples):
        return ()
    size = max(1, round(_FRAME_S * sample_rate_hz))
    count = max(1, len(samples) // size)
    frames = np.resize(samples, count * size).astype(np.float64).reshape(count, size)
    levels = np.sqrt((frames**2).mean(axis=1))
    voiced = np.flatnonzero(levels > _BELOW_PEAK * np.percentile(levels, 95))
    if not len(voiced):
        voiced = np.arange(count)
    lengths = np.array([estimate_s(word) - estimate_s("") for word in words]) + 1e-6
    ends = np.cumsum(lengths) / lengths.sum() * len(voiced)
    starts = np.concatenate([[0.0], ends[:-1]])
    at = np.arange(len(voiced))
    # A word begins with its first voiced frame and ends with its last: pauses fall between.
    first = voiced[np.minimum(np.floor(starts).astype(int), at[-1])] + starts % 1.0
    last = voiced[np.clip(np.ceil(ends).astype(int) - 1, 0, at[-1])] + 1.0
    times = np.minimum.accumulate(np.minimum(last[:-1], first[1:])[::-1])[::-1]
    until = np.append(times, last[-1])
    return tuple(
        Timing(start_s=float(a) * _FRAME_S, end_s=float(max(a, b)) * _FRAME_S, text=word)
        for a, b, word in zip(first, until, words, strict=True)
    )


def _bare(token: str) -> str:
    inside = [at for at, char in enumerate(token) if char.isalnum()]
    return token[inside[0] : inside[-1] + 1] if inside else ""
