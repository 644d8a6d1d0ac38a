"""How quick each engine was here, lately: the last renders, so that a restart forgets nothing.

A row is one finished render: how long its speech is and how long the making took, in seconds. Old
ones make room for new ones. What follows for somebody who waits is told in ``pipeline/jobs``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import quantiles
from typing import Any, Final

import sqlalchemy as sa

from pipeline.line import Pace
from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import EngineName

PACES = sa.Table(
    "paces",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("work", sa.Text, nullable=False),
    sa.Column("speech_s", sa.Double, nullable=False),
    sa.Column("took_s", sa.Double, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("executor", sa.Text),  # who made it; rows of older versions do not tell
    sa.Index("paces_by_work", "work", "number"),
)
RECENT = 40
"""How many renders the median moves over."""
FEWEST = 3
"""Fewer tell nothing."""
SHORTEST_S = 0.5
_OF_ENGINES: Final = sa.select(PACES.c.work, PACES.c.speech_s, PACES.c.took_s)
_OF_WORKERS: Final = sa.select(PACES.c.executor, PACES.c.speech_s, PACES.c.took_s).where(
    PACES.c.executor.is_not(None)
)


class Paces:
    """The recent renders of each engine."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, work: EngineName, *, speech_s: float, took_s: float, executor: str = ""
    ) -> None:
        """Remember a finished render, and forget what is too old to tell."""
        values = {
            "work": work.value,
            "speech_s": speech_s,
            "took_s": took_s,
            "executor": executor,
        }
        newest = (
            sa.select(PACES.c.number)
            .where(PACES.c.work == work.value)
            .order_by(PACES.c.number.desc())
            .limit(RECENT)
        )
        forget = sa.delete(PACES).where(
            PACES.c.work == work.value, PACES.c.number.not_in(newest.scalar_subquery())
        )

        def write(connection: sa.Connection) -> None:
            connection.execute(sa.insert(PACES).values(values | {"at": datetime.now(UTC)}))
            connection.execute(forget)

        await self._database.write(write)

    async def recent(self) -> dict[EngineName, Pace]:
        """Give the moving median of each engine that made enough videos to tell."""
        return await self._database.read(recent_paces)

    async def of_workers(self) -> dict[str, Pace]:
        """Give the moving median of each worker that made enough videos to tell, by its name."""
        return await self._database.read(lambda c: _paces(c, _OF_WORKERS))


def recent_paces(connection: sa.Connection) -> dict[EngineName, Pace]:
    """Give the moving median of each engine that made enough videos to tell."""
    return {EngineName(work): pace for work, pace in _paces(connection, _OF_ENGINES).items()}


def _paces(connection: sa.Connection, samples: sa.Select[Any]) -> dict[str, Pace]:
    found: dict[str, list[float]] = {}
    for whose, speech_s, took_s in connection.execute(samples):
        found.setdefault(whose, []).append(took_s / max(speech_s, SHORTEST_S))
    return {whose: _pace(taken) for whose, taken in found.items() if len(taken) >= FEWEST}


def _pace(taken: list[float]) -> Pace:
    low, median, high = quantiles(taken, n=4, method="inclusive")
    return Pace(median=median, low=low, high=high, count=len(taken))
