"""How long a clean text will take to speak, before anybody speaks it.

A sum over what is written, fitted (least squares on the relative error) to 157 texts spoken by the
embedded voices at their own rate. ``tests/bench/estimate_lengths.py`` measures it on 126 texts of
five kinds: 4 % off on average, 12 % at most. Knows nothing of any one voice; other providers speak
at about the same rate.
"""

from __future__ import annotations

import re

from pipeline.speech.letters import Writing, writing_of

ENDS_S = 0.6
"""Silence before and after."""
LETTER_S = {
    Writing.LATIN: 0.071,
    Writing.DEVANAGARI: 0.155,
    Writing.BENGALI: 0.15,
    Writing.GURMUKHI: 0.156,
    Writing.GUJARATI: 0.194,
    Writing.ORIYA: 0.167,
    Writing.TAMIL: 0.119,
    Writing.TELUGU: 0.195,
    Writing.KANNADA: 0.152,
    Writing.MALAYALAM: 0.139,
    Writing.ARABIC: 0.108,
}
SPELT_LETTER_S = 0.1
"""On top, in words without a vowel: DNS, TLS."""
DIGIT_S, ZERO_S = 0.346, 0.207
"""2000 is two words, 12345 is many."""
COMMA_S, SENTENCE_S = 0.352, 0.401

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:,\d+)*")
_COMMA = re.compile(r"[,;:،—]")
_SENTENCE = re.compile(r"[.!?।॥۔؟]\s+|\n")


def estimate_s(text: str) -> float:
    """Estimate the seconds of a clean text, silence at both ends included."""
    letters_s = 0.0
    for char in text:
        writing = writing_of(char)
        if writing is not None and char.isalpha():  # a vowel sign costs nothing
            letters_s += LETTER_S[writing]
    return (
        ENDS_S
        + letters_s
        + sum(_spelling_s(word) for word in _WORD.findall(text) if word[0] < "\u0250")
        + sum(_number_s(number) for number in _NUMBER.findall(text))
        + COMMA_S * len(_COMMA.findall(text))
        + SENTENCE_S * len(_SENTENCE.findall(text.strip()))
    )


def at_rate_s(duration_s: float, rate_pct: int) -> float:
    """Give an estimated length at another rate; silence at the ends stays."""
    return ENDS_S + (duration_s - ENDS_S) / (1 + max(rate_pct, -50) / 100)


def _spelling_s(word: str) -> float:
    has_vowel = re.search("[aeiouyà-ɏ]", word, re.IGNORECASE)
    return 0.0 if has_vowel else SPELT_LETTER_S * len(word)


def _number_s(number: str) -> float:
    return sum(ZERO_S if char == "0" else DIGIT_S for char in number if char.isdigit())
