"""The rows of the audit trail: added one at a time after the newest, read in order.

There is no verb that changes or deletes one. What a digest covers is not known here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import AuditRow

BATCH = 500
BEGINNING = "0" * 64
"""What stands for the digest before the first row."""

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)


class AuditTable:
    """The trail of everybody."""

    def __init__(self, database: Database, batch: int = BATCH) -> None:
        self._database, self._batch = database, batch

    async def append(self, make: Callable[[int, str], AuditRow]) -> AuditRow:
        """Add one row after the newest; whoever comes at the same time waits."""
        newest = sa.select(AUDIT.c.number, AUDIT.c.digest).order_by(AUDIT.c.number.desc()).limit(1)

        def work(connection: sa.Connection) -> AuditRow:
            self._database.serialize(connection, "audit")
            last = connection.execute(newest).one_or_none()
            row = make(last.number + 1 if last else 1, last.digest if last else BEGINNING)
            connection.execute(sa.insert(AUDIT).values(asdict(row)))
            return row

        return await self._database.write(work)

    async def walk(self) -> AsyncIterator[AuditRow]:
        """Yield every row, the oldest first, a few hundred at a time."""
        after = 0
        while rows := await self._after(after):
            for row in rows:
                yield row
            after = rows[-1].number

    async def _after(self, number: int) -> list[AuditRow]:
        later = sa.select(AUDIT).where(AUDIT.c.number > number)
        query = later.order_by(AUDIT.c.number).limit(self._batch)

        def work(connection: sa.Connection) -> list[AuditRow]:
            return [AuditRow(**row._mapping) for row in connection.execute(query)]

        return await self._database.read(work)
