"""How far a render is, and what it left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pipeline.types.names import ArtifactKey, EngineName, Stage, VoiceId
from pipeline.types.speech import VoiceChange
from pipeline.types.wishes import Quality, Shape


class Note(StrEnum):
    """Something about how a video was made; what its owner should know the door has words for."""

    LOWER_DETAIL = "lower_detail"
    """Memory ran out, so a smaller network made it."""
    NO_CAPTIONS = "no_captions"
    """Captions were wished for, but there are no words with times, or no font for them."""
    STILL_SPOKE = "still_spoke"
    """A video was sent as the face; its clearest picture speaks, for this engine follows none."""
    SMALLER_PARTS = "smaller_parts"
    """Memory ran out, so it was made in smaller parts: slower, the same video. For operators."""


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
    cover: Path
    """Its first frame, as large as the video."""
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
    shape: Shape = Shape.ORIGINAL
    captions: bool = False
    quality: Quality = Quality.NORMAL
    may_have_captions: bool = False
    """Whether its words are known with their times, or can be found out; for recordings."""
    cover: ArtifactKey | None = None
    """The first frame, as large as the video; None in results of before there was one."""
