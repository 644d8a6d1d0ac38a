"""Voices, what they are asked, and the speech that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pipeline.types.names import VoiceId


class VoiceChange(StrEnum):
    """Why another voice spoke than was asked for; the door has a sentence for each."""

    UNAVAILABLE = "unavailable"
    """Its provider, or the voice itself, gives no speech just now."""
    WRITING = "writing"
    """It cannot read the writing system of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A named speaker of a provider."""

    id: VoiceId
    provider: str
    locale: str
    gender: Literal["female", "male"]
    label: str
    quality: Literal["neural", "basic"]
    online: bool
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What it is called in other languages than the label's, by two letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What a provider is asked to speak; neutral units, each provider maps them."""

    text: str
    voice_id: VoiceId
    locale: str = ""
    """The language of the text, where it is known; the voice's own otherwise."""
    rate_pct: int = 0
    pitch_hz: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A word or a phone (IPA; empty is silence) and when it sounds."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """The sound that drives the lips: a mono 16-bit WAV at its own rate."""

    path: Path
    duration_s: float
    sample_rate_hz: int
    words: tuple[Timing, ...] = ()
    phones: tuple[Timing, ...] = ()
    """Empty when only the sound is known: then the sound itself drives the lips."""
    provider: str
    voice_id: VoiceId | None
    """Who really spoke; None for a recording."""
    requested_voice_id: VoiceId | None = None
    voice_change: VoiceChange | None = None
    """Why it was not the requested one."""
    from_cache: bool = False
