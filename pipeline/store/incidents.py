"""What the operators were alarmed about and is not over, and which faults users met.

An incident is open until it is resolved, and has one message. A fault is something that nobody
foresaw: an id that its user read, and the class of the error; no traceback, no word of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime

INCIDENTS = sa.Table(
    "incidents",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text),
)
FAULTS = sa.Table(
    "faults",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("incident", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that is wrong and was said."""

    name: str
    since: datetime
    text: str
    message_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that nobody foresaw."""

    at: datetime
    incident: str
    kind: str


class Incidents:
    """The open incidents, and the faults."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> dict[str, Incident]:
        """Give what is not over, by name."""

        def work(connection: sa.Connection) -> dict[str, Incident]:
            rows = connection.execute(sa.select(INCIDENTS))
            return {row.name: Incident(**row._mapping) for row in rows}

        return await self._database.read(work)

    async def put(self, incident: Incident) -> None:
        """Begin an incident, or change what it says."""
        values: dict[str, Any] = {
            "since": incident.since,
            "text": incident.text,
            "message_id": incident.message_id,
        }
        upsert = (
            self._database.insert(INCIDENTS)
            .values(name=incident.name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )
        await self._run(upsert)

    async def resolve(self, name: str) -> None:
        """End an incident."""
        await self._run(sa.delete(INCIDENTS).where(INCIDENTS.c.name == name))

    async def note_fault(self, incident: str, kind: str) -> None:
        """Write a fault down."""
        values = {"at": datetime.now(UTC), "incident": incident, "kind": kind}
        await self._run(sa.insert(FAULTS).values(**values))

    async def faults_since(self, since: datetime, limit: int) -> list[Fault]:
        """List the last faults, the newest first."""
        newest = FAULTS.c.number.desc()
        query = sa.select(FAULTS).where(FAULTS.c.at >= since).order_by(newest).limit(limit)

        def work(connection: sa.Connection) -> list[Fault]:
            rows = connection.execute(query)
            return [Fault(at=row.at, incident=row.incident, kind=row.kind) for row in rows]

        return await self._database.read(work)

    async def _run(self, statement: sa.Executable) -> None:
        def work(connection: sa.Connection) -> None:
            connection.execute(statement)

        await self._database.write(work)
