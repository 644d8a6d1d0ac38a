"""Whether an answer of the service holds all of the text.

The service "silently fails for some chunks" (rany2/edge-tts#190), and a connection that breaks in
mid-speech looks like the end. What tells: sound as long as the last word's end, and words for
nearly all of the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pipeline.types import Timing

BYTES_PER_S = 6_000
"""Constant 48 kbit/s."""
TOLERANCE_S = 0.05
LEAST_SHARE = 0.9
DECODED_TOLERANCE = 0.02


def what_is_missing(text: str, words: Sequence[Timing], size_bytes: int) -> str:
    """Say what an answer lacks; empty when it is whole.

    Words may be joined or divided differently than by spaces ("5 lakh" can be one), so either the
    words or their letters must make up nine tenths of the text's.
    """
    asked = [token for token in text.split() if _letters(token)]
    if not words:
        return "no word has a time"
    last_s = max(word.end_s for word in words)
    if size_bytes / BYTES_PER_S < last_s - TOLERANCE_S:
        return f"{size_bytes / BYTES_PER_S:.1f} s of sound for {last_s:.1f} s of words"
    letters = sum(map(_letters, asked))
    heard = sum(_letters(word.text) for word in words)
    if len(words) < LEAST_SHARE * len(asked) and heard < LEAST_SHARE * letters:
        return f"{len(words)} of {len(asked)} words"
    return ""


def is_whole_sound(duration_s: float, size_bytes: int) -> bool:
    """Tell whether so many bytes decode to as much sound as they should."""
    claimed_s = size_bytes / BYTES_PER_S
    return abs(duration_s - claimed_s) <= max(DECODED_TOLERANCE * claimed_s, TOLERANCE_S)


def _letters(text: str) -> int:
    return sum(unicodedata.category(char)[0] in "LN" for char in text)
