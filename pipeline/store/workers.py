"""Which processes render, on which machine they may be, and with which engines.

A worker writes its card when it starts and touches it now and then. Whether its process lives is
told by its liveness lock, not by this table; the time it was last seen only says how long it has
been gone.

Where the next one goes: a fact of a worker (its card, its temperature) is a column here.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pipeline.line import WorkerCard
from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import EngineName, JobId

WORKERS = sa.Table(
    "workers",
    METADATA,
    sa.Column("executor", sa.Text, primary_key=True),
    sa.Column("lanes", sa.Text, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("job_id", sa.Text),
)


class Workers:
    """The cards of all workers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def arrive(self, executor: str, lanes: tuple[EngineName, ...]) -> None:
        """Write the card of a worker that starts."""
        now = datetime.now(UTC)
        card: dict[str, Any] = {
            "lanes": json.dumps(list(lanes)),
            "since": now,
            "seen_at": now,
            "job_id": None,
        }
        insert = self._database.insert(WORKERS).values(executor=executor, **card)
        upsert = insert.on_conflict_do_update(index_elements=["executor"], set_=card)
        await self._execute(upsert)

    async def touch(self, executor: str, job: JobId | None) -> None:
        """Say that it is there, and what it renders."""
        change = {"seen_at": datetime.now(UTC), "job_id": job}
        await self._execute(
            sa.update(WORKERS).where(WORKERS.c.executor == executor).values(change)
        )

    async def all(self) -> list[WorkerCard]:
        """List every card; ``is_alive`` is not known here and False."""

        def work(connection: sa.Connection) -> list[WorkerCard]:
            rows = connection.execute(sa.select(WORKERS).order_by(WORKERS.c.executor))
            return [
                WorkerCard(
                    executor=row.executor,
                    lanes=tuple(EngineName(lane) for lane in json.loads(row.lanes)),
                    since=row.since,
                    seen_at=row.seen_at,
                    is_alive=False,
                    job=JobId(row.job_id) if row.job_id else None,
                )
                for row in rows
            ]

        return await self._database.read(work)

    async def _execute(self, statement: Any) -> None:
        def work(connection: sa.Connection) -> None:
            connection.execute(statement)

        await self._database.write(work)
