"""One line of the audit trail, as it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """What happened, when, to which ids; no text and no name."""

    number: int
    at: datetime
    event: str
    who: str
    """A keyed digest of the person; empty for the operator's own acts."""
    about: str
    """The id of a job, a report, a consent."""
    facts: str
    """JSON of short values."""
    digest: str
