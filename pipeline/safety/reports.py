"""Complaints about videos: each kind has its clock, and every one is answered.

The clocks are those of India's rules (2 hours for intimate pictures and impersonation, 3 hours for
an order of a court or a government, 36 hours for the rest); the first also covers the 48 hours of
the US for intimate forgeries. What taking down means, and how people are told, is the door's.

Where the next one goes: another kind is a ``ReportKind``, its hours here, its sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from pipeline import errors
from pipeline.safety.audit import Audit, Event
from pipeline.types import Decision, JobId, Owner, Reminder, Report, ReportKind

HOURS: Final = {
    ReportKind.INTIMATE: 2,
    ReportKind.IMPERSONATION: 2,
    ReportKind.MINE: 2,
    ReportKind.COURT_ORDER: 3,
    ReportKind.OTHER: 36,
}
MOST_WAITING: Final = 10
"""Of one person: more would bury everybody else's."""
REMINDED_AT: Final = 0.25
"""Of the time: what is left when the operators are reminded."""
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTWXYZ"


class ReportRows(Protocol):
    """Where complaints are kept."""

    async def add(self, report: Report) -> bool:
        """Keep a complaint; False if its id is there already."""
        ...

    async def find(self, id: str) -> Report | None:
        """Return a complaint."""
        ...

    async def undecided(self) -> list[Report]:
        """List what waits for a decision, the most urgent first."""
        ...

    async def undecided_of(self, reporter: Owner) -> int:
        """Count what somebody reported and nobody has decided."""
        ...

    async def remind(self, id: str, last: Reminder | None, now: Reminder | None) -> bool:
        """Note what the operators are reminded of; of two at once, one wins."""
        ...

    async def decide(self, id: str, decision: Decision, at: datetime) -> bool:
        """Record a decision; False if there is one already. Of two at once, one wins."""
        ...


class Reports:
    """Take complaints in, show their clocks, and decide them once."""

    def __init__(
        self,
        rows: ReportRows,
        audit: Audit,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._rows, self._audit, self._now = rows, audit, now

    async def take(
        self, kind: ReportKind, *, by: Owner, job_id: JobId | None, source: str, reply_to: str
    ) -> tuple[Report, bool]:
        """Take a complaint in; give it, and whether it is new.

        The same person about the same thing (``source`` names it) is one complaint. Raises
        ``TooManyReports``.
        """
        now = self._now()
        report = Report(
            id=_id(f"{by} {source}"),
            kind=kind,
            job_id=job_id,
            reporter=by,
            reply_to=reply_to,
            made_at=now,
            due_at=now + timedelta(hours=HOURS[kind]),
        )
        if (known := await self._rows.find(report.id)) is not None:
            return known, False
        if await self._rows.undecided_of(by) >= MOST_WAITING:
            raise errors.TooManyReports(MOST_WAITING)
        if not await self._rows.add(report):
            return report, False
        await self._audit.record(
            Event.REPORTED, who=by, about=report.id, kind=kind.value, job=job_id or ""
        )
        return report, True

    async def find(self, id: str) -> Report | None:
        """Return a complaint."""
        return await self._rows.find(id)

    async def undecided(self) -> list[Report]:
        """List what waits for a decision, the most urgent first."""
        return await self._rows.undecided()

    async def reminders(self) -> list[tuple[Report, Reminder]]:
        """List what the operators must be reminded of and were not yet, the most urgent first."""
        now, due = self._now(), list[tuple[Report, Reminder]]()
        for report in await self._rows.undecided():
            soon_at = report.due_at - REMINDED_AT * (report.due_at - report.made_at)
            if report.due_at <= now and report.reminded is not Reminder.OVER:
                due.append((report, Reminder.OVER))
            elif soon_at <= now < report.due_at and report.reminded is None:
                due.append((report, Reminder.SOON))
        return due

    async def remind(self, report: Report, reminder: Reminder) -> bool:
        """Take a reminder upon oneself; False if somebody else has, or it is decided."""
        return await self._rows.remind(report.id, report.reminded, reminder)

    async def not_reminded(self, report: Report, reminder: Reminder) -> None:
        """Take it back: nobody could be told, and it is due again."""
        await self._rows.remind(report.id, reminder, report.reminded)

    async def decide(self, id: str, decision: Decision, by: Owner) -> bool:
        """Decide a complaint; False if somebody has already."""
        if not await self._rows.decide(id, decision, self._now()):
            return False
        await self._audit.record(Event.DECIDED, who=by, about=id, decision=decision.value)
        return True

    def minutes_left(self, report: Report) -> int:
        """Tell how long there is until the clock runs out; below zero it is late."""
        return int((report.due_at - self._now()).total_seconds() // 60)


def _id(source: str) -> str:
    number = int.from_bytes(hashlib.sha256(source.encode()).digest()[:8])
    letters = []
    for _ in range(6):
        number, index = divmod(number, len(LETTERS))
        letters.append(LETTERS[index])
    return "R" + "".join(letters)
