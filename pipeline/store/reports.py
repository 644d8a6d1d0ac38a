"""Complaints about videos, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import Decision, Owner, Reminder, Report, ReportKind

REPORTS = sa.Table(
    "reports",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("job_id", sa.Text),
    sa.Column("reporter", sa.Text, nullable=False, index=True, server_default=""),
    sa.Column("reply_to", sa.Text, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False, index=True),
    sa.Column("decision", sa.Text),
    sa.Column("decided_at", UtcTime, index=True),
    sa.Column("reminded", sa.Text),
)


class ReportTable:
    """The complaints of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, report: Report) -> bool:
        """Keep a complaint; False if its id is there already."""
        row = {column.name: getattr(report, column.name) for column in REPORTS.columns}
        insert = self._database.insert(REPORTS).values(row)

        def work(connection: sa.Connection) -> bool:
            done = connection.execute(insert.on_conflict_do_nothing(index_elements=["id"]))
            return bool(done.rowcount)

        return await self._database.write(work)

    async def find(self, id: str) -> Report | None:
        """Return a complaint."""
        found = await self._list(sa.select(REPORTS).where(REPORTS.c.id == id))
        return found[0] if found else None

    async def undecided(self) -> list[Report]:
        """List what waits for a decision, the most urgent first."""
        waiting = sa.select(REPORTS).where(REPORTS.c.decision.is_(None))
        return await self._list(waiting.order_by(REPORTS.c.due_at))

    async def undecided_of(self, reporter: Owner) -> int:
        """Count what somebody reported and nobody has decided."""
        count = (
            sa.select(sa.func.count())
            .select_from(REPORTS)
            .where(REPORTS.c.reporter == reporter, REPORTS.c.decision.is_(None))
        )
        return await self._database.read(lambda c: int(c.execute(count).scalar_one()))

    async def remind(self, id: str, last: Reminder | None, now: Reminder | None) -> bool:
        """Note what the operators are reminded of now; False if somebody else has, or it ended."""
        update = (
            sa.update(REPORTS)
            .where(
                REPORTS.c.id == id,
                REPORTS.c.decision.is_(None),
                REPORTS.c.reminded.is_not_distinct_from(last),
            )
            .values(reminded=now)
        )

        def work(connection: sa.Connection) -> bool:
            return bool(connection.execute(update).rowcount)

        return await self._database.write(work)

    async def decide(self, id: str, decision: Decision, at: datetime) -> bool:
        """Record a decision; False if there is one already."""
        update = (
            sa.update(REPORTS)
            .where(REPORTS.c.id == id, REPORTS.c.decision.is_(None))
            .values(decision=decision.value, decided_at=at)
        )

        def work(connection: sa.Connection) -> bool:
            return bool(connection.execute(update).rowcount)

        return await self._database.write(work)

    async def _list(self, query: sa.Select[Any]) -> list[Report]:
        def work(connection: sa.Connection) -> list[Report]:
            return [_report(row) for row in connection.execute(query)]

        return await self._database.read(work)


def _report(row: sa.Row[Any]) -> Report:
    read = {
        "kind": ReportKind(row.kind),
        "decision": Decision(row.decision) if row.decision else None,
        "reminded": Reminder(row.reminded) if row.reminded else None,
    }
    return Report(**{**row._mapping, **read})
