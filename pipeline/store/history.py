"""What happened to each order, one row per event, written in the transaction that made it happen.

It is what ``/job`` shows an operator and what tests of crashes read. An event is a word and who
did it (a worker, a person); nothing of a script, a name or a picture ever stands here.

Where the next one goes: an event is a word at the change that it tells of; no change here.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from pipeline.line import Event
from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import JobId

HISTORY = sa.Table(
    "history",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Index("history_by_job", "job_id"),
    sa.Index("history_by_whom", "by"),
)


def record(connection: sa.Connection, job_id: JobId, what: str, by: str = "") -> None:
    """Write an event as part of a transaction."""
    values = {"job_id": job_id, "at": datetime.now(UTC), "what": what, "by": by}
    connection.execute(sa.insert(HISTORY).values(values))


class History:
    """The past of every order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, job_id: JobId, what: str, by: str = "") -> None:
        """Write an event that stands alone."""
        await self._database.write(lambda connection: record(connection, job_id, what, by))

    async def of(self, job_id: JobId) -> list[Event]:
        """List what happened to an order, the oldest first."""
        query = sa.select(HISTORY).where(HISTORY.c.job_id == job_id).order_by(HISTORY.c.number)

        def work(connection: sa.Connection) -> list[Event]:
            rows = connection.execute(query)
            return [Event(at=row.at, what=row.what, by=row.by) for row in rows]

        return await self._database.read(work)
