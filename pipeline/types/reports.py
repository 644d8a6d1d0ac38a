"""A complaint about a video, and the print of a photo by which it is known again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.types.names import JobId, Owner


class ReportKind(StrEnum):
    """What is wrong with a video; each has its clock."""

    INTIMATE = "intimate"
    IMPERSONATION = "impersonation"
    MINE = "mine"
    """The person in the photo did not agree."""
    COURT_ORDER = "order"
    OTHER = "other"


class Decision(StrEnum):
    """What the operators decided."""

    TAKEN_DOWN = "down"
    TAKEN_DOWN_AND_BANNED = "ban"
    DISMISSED = "no"


class Reminder(StrEnum):
    """What the operators were reminded of."""

    SOON = "soon"
    """The time is nearly over."""
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One complaint and what became of it."""

    id: str
    kind: ReportKind
    job_id: JobId | None
    """None where nobody knows which order made the video."""
    reporter: Owner
    reply_to: str
    """Where the reporter is answered, as the door writes it."""
    made_at: datetime
    due_at: datetime
    decision: Decision | None = None
    decided_at: datetime | None = None
    reminded: Reminder | None = None
    """The last reminder that went out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoPrint:
    """A photo, known again without being kept."""

    sha256: str
    """Of the clean picture: the same file again."""
    look: str
    """64 bits in hex of how it looks: the same photo, smaller or compressed. Empty: too plain."""
