"""PICTURE + SPEECH -> LABELLED VIDEO, in a child process: ``python -m pipeline.studio``.

This module is what travels over the pipe, and light; ``film`` makes the video, ``__main__`` is the
child. One studio lives per GPU (or machine): its engine and face mesh stay warm between orders.
Knows one video at a time; knows no job, no store, no Telegram.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from pipeline.child import Child
from pipeline.cuda_files import kept_kernels, kernels_under
from pipeline.settings import LatentSyncSettings, Settings
from pipeline.types import (
    EngineChoice,
    EngineName,
    Motion,
    Note,
    Shape,
    SourceKind,
    Speech,
    Stage,
    Video,
)

STUDIO_MODULE = "pipeline.studio"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioOrder:
    """One video to make; every path lies in the job's scratch folder, and no other is opened."""

    portrait: Path
    """A clean, upright picture, or footage: what the check of the photo or video wrote."""
    speech: Speech
    into: Path
    thumbnail: Path
    cover: Path
    engine: EngineChoice
    motion: Motion
    size_px: int
    """Longer side of the video."""
    fps: int
    max_bytes: int
    label: str
    language: str
    """Of the label."""
    mark_key: str = field(repr=False)
    """The key of the invisible mark, in hexadecimal."""
    mark_id: int
    latentsync: LatentSyncSettings
    """How the GPU engine works; its ``weights`` is a folder."""
    journal: Path | None = None
    """Where finished frames are kept for a second try; None keeps none."""
    source: SourceKind = SourceKind.PHOTO
    face: int = 1
    """Which of several faces speaks, counted from the largest."""
    film: Path | None = None
    """Footage that the portrait was taken from; it speaks where the engine follows faces."""
    still_at: int = 0
    """Which frame of it the portrait is."""
    shape: Shape = Shape.ORIGINAL
    captions: str | None = None
    """The words that were spoken, to be written into the picture; None: not wished for."""
    kind: Literal["order"] = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioWarmUp:
    """Load these engines, and show that each makes frames; the answer is empty."""

    engines: tuple[EngineName, ...]
    latentsync: LatentSyncSettings
    size_px: int
    fps: int
    kind: Literal["warm up"] = "warm up"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioAnswer:
    """The video, and why this engine made it."""

    video: Video
    engine_reason: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioProgress:
    """Where the studio is."""

    stage: Stage
    fraction: float | None = None


ORDER = TypeAdapter(StudioOrder)
WARM_UP = TypeAdapter(StudioWarmUp)
REQUEST: Final = TypeAdapter[StudioOrder | StudioWarmUp](
    Annotated[StudioOrder | StudioWarmUp, Field(discriminator="kind")]
)
ANSWER = TypeAdapter(StudioAnswer)
PROGRESS = TypeAdapter(StudioProgress)


def studio_child(
    name: str,
    settings: Settings,
    environment: Mapping[str, str],
    scratch: Path,
    module: str = STUDIO_MODULE,
) -> Child:
    """Make a studio that is confined to a scratch folder, and reads the settings' weights."""
    kernels, weights = kernels_under(settings.data_dir), settings.latentsync_in_place.weights
    ours = {**environment, **kept_kernels(kernels), "TMPDIR": str(scratch)}
    places = (str(scratch), weights, str(kernels), environment.get("CC", ""))
    return Child(name, module, ours, *places)
