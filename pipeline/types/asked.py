"""What is asked for: a script, and everything that a render needs.

Where the next one goes: a wish that a door may pass on is a field of ``RenderRequest``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.types.names import ArtifactKey, ConsentId, EngineChoice, Motion, VoiceId
from pipeline.types.wishes import Quality, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class TextScript:
    """Words that a voice shall speak."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedScript:
    """A recording that drives the lips as it is."""

    recording: ArtifactKey
    is_ready: bool = False
    """Whether it was decoded, checked and levelled before it was stored."""
    duration_s: float | None = None
    """How long it is, where that is known."""
    words: str | None = None
    """What is said in it, where that is known: then phones move the lips."""
    kind: Literal["recorded"] = "recorded"


Script = TextScript | RecordedScript


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A video whose face speaks where an engine can follow it; elsewhere its still does."""

    footage: ArtifactKey
    still_at: int
    """The frame, counted from 0, that is the portrait of the request: its faces are numbered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """Everything that a render needs; nothing ambient.

    Stored as JSON under ``jobs/<job id>/request.json``. Only the job id travels through the
    queue, so that neither script nor photo ever stands in the queue's database.
    """

    portrait: ArtifactKey
    script: Script
    consent: ConsentId
    """Who asks has agreed: ``safety.consent`` hands it out, and nobody else."""
    face: int = 1
    """Which of several faces speaks, counted from the largest; ``PortraitVerdict.chosen``, or
    one of its ``choices``."""
    film: Film | None = None
    """What the portrait was taken from, where that was a video."""
    voice_id: VoiceId | None = None
    engine: EngineChoice = EngineChoice.AUTO
    motion: Motion | None = None
    """None: as the settings say."""
    quality: Quality = Quality.NORMAL
    rate_pct: int = 0
    """How much faster the voice speaks than by itself; below zero slower."""
    pitch_hz: int = 0
    shape: Shape = Shape.ORIGINAL
    captions: bool = False
    """Write the words into the picture as they are spoken."""
    size_px: int = 512
    preview: bool = False
    max_bytes: int = 48_000_000
    language: str = "en"
    """Of whoever asked; the label speaks it."""
