"""The values that flow from a photo and a script to a video.

Frozen inside, plain enough for JSON at the doors. Nothing here knows Telegram, a database, a codec
or a tensor. ``owner`` and ``reply_to`` are opaque: the door writes and reads them.

Where the next one goes: a value that two packages share comes here; one that stays inside a
package stays there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, NewType

ArtifactKey = NewType("ArtifactKey", str)
"""Where bytes are stored: ``jobs/<job id>/<name>`` or ``drafts/<draft id>/<name>``."""
JobId = NewType("JobId", str)
"""``tg-<update id, 12 digits>`` from Telegram; sorts by age."""
Owner = NewType("Owner", str)
"""Who a job belongs to, as its door writes it: ``telegram:123``."""
VoiceId = NewType("VoiceId", str)


class EngineName(StrEnum):
    """An engine that moves lips."""

    WARP = "warp"
    LATENTSYNC = "latentsync"


class EngineChoice(StrEnum):
    """What a request may ask for."""

    AUTO = "auto"
    WARP = "warp"
    LATENTSYNC = "latentsync"


class Motion(StrEnum):
    """How much a still moves beside its lips: it blinks, sways, nods with the speech."""

    OFF = "off"
    SUBTLE = "subtle"
    LIVELY = "lively"


class SourceKind(StrEnum):
    """What shows the face that shall speak."""

    PHOTO = "photo"
    FOOTAGE = "footage"
    """A video, re-encoded."""


class Note(StrEnum):
    """Something about a finished video that its owner should know; the door has a sentence."""

    LOWER_DETAIL = "lower_detail"
    """Memory ran out, so a smaller network made it."""


class Stage(StrEnum):
    """Where a render is; the door has a sentence for each."""

    WAITING = "waiting"
    SPEAKING = "speaking"
    LOOKING = "looking"
    SYNCING = "syncing"
    SENDING = "sending"


class VoiceChange(StrEnum):
    """Why another voice spoke than was asked for; the door has a sentence for each."""

    UNAVAILABLE = "unavailable"
    """Its provider, or the voice itself, gives no speech just now."""
    WRITING = "writing"
    """It cannot read the writing system of the text."""


class JobState(StrEnum):
    """The life of a job; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more will happen to the job."""
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


# --------------------------------------------------------------------------- what is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class TextScript:
    """Words that a voice shall speak."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedScript:
    """A recording that drives the lips as it is."""

    recording: ArtifactKey
    kind: Literal["recorded"] = "recorded"


Script = TextScript | RecordedScript


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """Everything that a render needs; nothing ambient.

    Stored as JSON under ``jobs/<job id>/request.json``. Only the job id travels through the
    queue, so that neither script nor photo ever stands in the queue's database.
    """

    portrait: ArtifactKey
    script: Script
    voice_id: VoiceId | None = None
    engine: EngineChoice = EngineChoice.AUTO
    motion: Motion | None = None
    """None: as the settings say."""
    size_px: int = 512
    preview: bool = False
    max_bytes: int = 48_000_000


# --------------------------------------------------------------------------- the portrait


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels of the picture it was found in."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitVerdict:
    """What one look at a photo told: it can be used, and what the user should know."""

    width_px: int
    height_px: int
    faces: tuple[Box, ...]
    """Every face, the largest first; the first one speaks."""
    eye_distance_px: float
    yaw_deg: float


# --------------------------------------------------------------------------- the speech


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


# --------------------------------------------------------------------------- the video


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a video."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A finished, labelled video on disk."""

    path: Path
    thumbnail: Path
    width_px: int
    height_px: int
    fps: int
    frames: int
    duration_s: float
    size_bytes: int
    made_by: EngineName
    untouched: tuple[Stretch, ...] = ()
    """Where a video that speaks shows no face: there it is as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a render is; no fraction where none is measured."""

    stage: Stage
    fraction: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderResult:
    """What a render left in the store."""

    video: ArtifactKey
    thumbnail: ArtifactKey
    width_px: int
    height_px: int
    duration_s: float
    size_bytes: int
    made_by: EngineName
    engine_reason: str
    """Why this engine was taken, in words for an operator."""
    voice_id: VoiceId | None
    requested_voice_id: VoiceId | None
    voice_change: VoiceChange | None = None
    timings_s: Mapping[Stage, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job ended without a video; ``code`` picks the sentence."""

    code: str
    detail: str
    retryable: bool
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One durable order and where it stands."""

    id: JobId
    owner: Owner
    reply_to: str
    """What the door needs to answer, opaque here."""
    state: JobState
    created_at: datetime
    failure: Failure | None = None
    result: RenderResult | None = None
