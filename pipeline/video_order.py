"""What one video is made of, and what came of it: files, known to no queue and no store."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.types import (
    ConsentId,
    EngineChoice,
    JobId,
    Motion,
    Note,
    Quality,
    Shape,
    SourceKind,
    Speech,
    Stage,
    TextScript,
    Video,
    VoiceId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A file that is the speech."""

    path: Path
    is_ready: bool = False
    """Whether it was decoded, checked and levelled before."""
    words: str | None = None
    """What is said in it, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmOfFace:
    """Footage that the portrait was taken from, and which frame of it that is."""

    path: Path
    still_at: int


def local_job() -> JobId:
    """Name a render that no queue knows."""
    return JobId(f"local-{secrets.token_hex(6)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOrder:
    """One video to make of files."""

    portrait: Path
    """What the check of the photo or video wrote."""
    script: TextScript | Recording
    voice_id: VoiceId | None
    engine: EngineChoice
    size_px: int
    max_bytes: int
    consent: ConsentId
    """Who asks has agreed; see ``safety.consent``."""
    scratch: Path
    """A folder of this order alone; the video is left in it."""
    motion: Motion | None = None
    """None: as the settings say."""
    journal: Path | None = None
    """Where the speech and finished frames are kept for a second try; None keeps none."""
    source: SourceKind = SourceKind.PHOTO
    face: int = 1
    """Which of several faces speaks, counted from the largest."""
    film: FilmOfFace | None = None
    """It speaks in place of the portrait, where the engine follows faces."""
    job_id: JobId = field(default_factory=local_job)
    """What the signature names; for a render without a job something that is only known here."""
    rate_pct: int = 0
    pitch_hz: int = 0
    quality: Quality = Quality.NORMAL
    shape: Shape = Shape.ORIGINAL
    captions: bool = False
    is_sketch: bool = False
    """Whether it is only a preview, for which nothing is written down."""
    language: str = "en"
    """Of the label."""

    def needs_words(self, lips_follow_words: bool) -> bool:
        """Tell whether writing down what a recording says is worth its time.

        ``lips_follow_words``: those of the engine that ``auto`` takes do.
        """
        if self.is_sketch:
            return False
        by_words = self.engine is EngineChoice.AUTO and lips_follow_words
        return self.captions or by_words or self.engine is EngineChoice.WARP


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeVideo:
    """The video, who spoke, and why and how long."""

    video: Video
    speech: Speech
    engine_reason: str
    timings_s: dict[Stage, float]
    notes: tuple[Note, ...]
    may_have_captions: bool = False
    """Whether the words are known with their times, or can be found out."""
