"""Delete the rows whose time is over, a few at a time.

Each batch is a transaction of its own with a pause after it, so that whoever writes meanwhile
waits for some milliseconds only. What belongs to a row goes before it: a crash in between leaves
nothing that nobody could find again. How long which row lives stands in ``lives.py``.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from pipeline.store.database import Database
from pipeline.store.lives import GoesWith, Passes, lives

BATCH: Final = 200
PAUSE_S: Final = 0.02
Keys = Sequence[Any]


class OldRows:
    """The rows of all tables, seen by their age."""

    def __init__(
        self, database: Database, *, batch: int = BATCH, pause_s: float = PAUSE_S
    ) -> None:
        self._database, self._batch, self._pause_s = database, batch, pause_s

    async def delete(self, now: datetime, *, draft: timedelta) -> Counter[str]:
        """Delete what is too old, and tell how many rows of which table went.

        ``draft`` is how long an unfinished request waits. Raises ``StoreUnavailable``; safe to
        repeat, and beside another one.
        """
        counts: Counter[str] = Counter()
        table_lives = lives(draft)
        for table, life in table_lives.items():
            if isinstance(life, Passes):
                with_it = {
                    other: how.by
                    for other, how in table_lives.items()
                    if isinstance(how, GoesWith) and how.owner is table
                }
                await self._empty(table, _is_old(life, now), with_it, counts)
        return counts

    async def _empty(
        self,
        table: sa.Table,
        is_old: sa.ColumnElement[bool],
        with_it: Mapping[sa.Table, Sequence[sa.Column[Any]]],
        counts: Counter[str],
    ) -> None:
        while keys := await self._some(table, is_old):
            for other, columns in with_it.items():
                names_one = sa.or_(*(column.in_(keys) for column in columns))
                counts[other.name] += await self._drain(other, names_one)
            gone = await self._delete(table, _key(table).in_(keys), is_old)
            counts[table.name] += gone
            if not gone:
                return  # somebody touched them in the meantime

    async def _drain(self, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
        """Delete these rows, however many they are."""
        count = 0
        while some := await self._some(table, which):
            count += await self._delete(table, _key(table).in_(some))
        return count

    async def _some(self, table: sa.Table, which: sa.ColumnElement[bool]) -> Keys:
        query = sa.select(*table.primary_key.columns).where(which).limit(self._batch)

        def work(connection: sa.Connection) -> Keys:
            rows = [tuple(row) for row in connection.execute(query)]
            return rows if len(table.primary_key.columns) > 1 else [key for (key,) in rows]

        return await self._database.read(work)

    async def _delete(self, table: sa.Table, *which: sa.ColumnElement[bool]) -> int:
        def work(connection: sa.Connection) -> int:
            return connection.execute(sa.delete(table).where(*which)).rowcount

        count = await self._database.write(work)
        await asyncio.sleep(self._pause_s)
        return count


def _is_old(life: Passes, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(life.since < now - life.keep, *life.only)


def _key(table: sa.Table) -> sa.ColumnElement[Any]:
    columns = list(table.primary_key.columns)
    return columns[0] if len(columns) == 1 else sa.tuple_(*columns)
