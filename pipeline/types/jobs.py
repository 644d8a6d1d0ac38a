"""A durable order, its life, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.types.names import JobId, Owner
from pipeline.types.video import RenderResult


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


class CopyKind(StrEnum):
    """How a finished video may be sent once more."""

    VIDEO = "copy"  # as it was sent before
    FILE = "file"  # as a file that nobody shrinks


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
