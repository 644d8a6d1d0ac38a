"""How each worker's machine is, written by the worker itself: its cards, their heat, its version.

A small row per worker, replaced every few seconds; whether the worker lives is told by its lock
(``pipeline.jobs``), not by this.

Where the next one goes: another reading is a field of ``Vitals``; old rows lack it and read its
default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from pipeline.gpus import Gpu
from pipeline.store.database import METADATA, Database, UtcTime

VITALS = sa.Table(
    "vitals",
    METADATA,
    sa.Column("executor", sa.Text, primary_key=True),
    sa.Column("written_at", UtcTime, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """One worker's machine, at one moment."""

    version: str = ""
    commit: str = ""
    """Of the code that it runs; empty or ``unknown`` where nobody can tell."""
    model: str = ""
    """The weights that its engine would take; empty without any."""
    gpus: tuple[Gpu, ...] = ()
    disk_free_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a worker wrote last."""

    executor: str
    written_at: datetime
    vitals: Vitals


_VITALS: Final = TypeAdapter(Vitals)


class VitalRows:
    """The readings of all workers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, executor: str, vitals: Vitals) -> None:
        """Replace what this worker wrote before."""
        values: dict[str, Any] = {
            "written_at": datetime.now(UTC),
            "body": _VITALS.dump_json(vitals).decode(),
        }
        upsert = (
            self._database.insert(VITALS)
            .values(executor=executor, **values)
            .on_conflict_do_update(index_elements=["executor"], set_=values)
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(upsert)

        await self._database.write(work)

    async def all(self) -> list[Reading]:
        """List what every worker wrote last."""
        query = sa.select(VITALS).order_by(VITALS.c.executor)

        def work(connection: sa.Connection) -> list[Reading]:
            return [
                Reading(
                    executor=row.executor,
                    written_at=row.written_at,
                    vitals=_VITALS.validate_json(row.body),
                )
                for row in connection.execute(query)
            ]

        return await self._database.read(work)
