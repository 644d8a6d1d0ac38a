"""Speech for tests that need no voice: phones with known times, and a sound of the same length."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import visemes
from pipeline.types import Speech, Timing

RATE_HZ = 22_050
CONSONANT_S, VOWEL_S, PAUSE_S = 0.08, 0.12, 0.46
VOWELS = "aeiouəɔɛɪʊæɐ"
PANGRAM = (
    "| p ə t a m o s | b i k a l eɪ ʃ u | m ɔ n ɪ v a t ə p | f i s aː b ʊ ɡ ɛ "
    "| m a p i l o d | b ə r u m i ʈ | w a t ə b aː | p o l ə m ɛ n | ʃ i p a m ə b uː |"
)
"""Sixteen p, b, m among most other shapes, in eight phrases with pauses between."""


def phones(text: str = PANGRAM) -> tuple[Timing, ...]:
    """Give every phone its time; ``|`` is a pause."""
    timings, now = list[Timing](), 0.0
    for phone in text.split():
        is_pause = phone == "|"
        length = PAUSE_S if is_pause else VOWEL_S if phone[0] in VOWELS else CONSONANT_S
        spoken = "" if is_pause else phone
        timings.append(Timing(start_s=now, end_s=now + length, text=spoken))
        now += length
    return tuple(timings)


def speech(into: Path, timings: Sequence[Timing] | None = None) -> Speech:
    """Write a WAV that hums while a phone sounds, and describe it."""
    spoken = describe(phones() if timings is None else timings, into)
    count = round(spoken.duration_s * RATE_HZ)
    time_s = np.arange(count) / RATE_HZ
    loud = np.zeros(count)
    for start_s, end_s in speaking(spoken):
        loud[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] = 1.0
    _write(into, 6000 * loud * np.sin(2 * np.pi * 220 * time_s))
    return spoken


def recording(into: Path, samples: NDArray[np.float64]) -> Speech:
    """Write a WAV of these 16-bit values, and describe it as a recording: nobody knows phones."""
    _write(into, samples)
    return Speech(
        path=into,
        duration_s=len(samples) / RATE_HZ,
        sample_rate_hz=RATE_HZ,
        provider="test",
        voice_id=None,
    )


def _write(into: Path, samples: NDArray[np.float64]) -> None:
    with wave.open(str(into), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())


def describe(timings: Sequence[Timing], path: Path = Path("never-read.wav")) -> Speech:
    """Describe a speech of these phones; nothing is written."""
    return Speech(
        path=path,
        duration_s=round(timings[-1].end_s * RATE_HZ) / RATE_HZ,
        sample_rate_hz=RATE_HZ,
        phones=tuple(timings),
        provider="test",
        voice_id=None,
    )


def bilabial_frames(spoken: Speech, fps: int) -> list[int]:
    """Return the frames that show the middle of each p, b, m."""
    return [
        visemes.closing_frame(phone, spoken.duration_s, fps)
        for phone in spoken.phones
        if visemes.is_bilabial(phone.text)
    ]


def speaking(spoken: Speech) -> list[tuple[float, float]]:
    """Return when there is sound."""
    return [(phone.start_s, phone.end_s) for phone in spoken.phones if phone.text]
