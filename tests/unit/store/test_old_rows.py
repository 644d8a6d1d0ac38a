"""Every row has a stated life: old ones go, young ones and those that must stay do not."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import pipeline.store
from pipeline.store import broadcasts, consents, order_table, outbox, people, pieces, reports
from pipeline.store.database import METADATA, Database, T, UtcTime, Work
from pipeline.store.lives import GoesWith, Passes, lives
from pipeline.store.old_rows import OldRows

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DRAFT = timedelta(minutes=30)
EVER = timedelta(days=5000)
LIVES = lives(DRAFT)
PASSING = {table: life for table, life in LIVES.items() if isinstance(life, Passes)}
BELONGING = {table: life for table, life in LIVES.items() if isinstance(life, GoesWith)}
FITTING: Mapping[sa.Table, Mapping[str, Any]] = {
    order_table.ORDERS: {"state": "succeeded"},
    broadcasts.BROADCASTS: {"state": "done"},
    people.PEOPLE: {"is_gone": True},
    consents.HANDSHAKES: {"answer": "once"},
    reports.REPORTS: {"decision": "dismissed"},
    pieces.PIECES: {"told": True},
}
"""What rows say whose time passes, where not every row's does."""
STAYING: Mapping[sa.Table, Mapping[str, Any]] = {
    order_table.ORDERS: {"state": "running"},
    broadcasts.BROADCASTS: {"state": "sending"},
    pieces.PIECES: {"told": False},
    people.PEOPLE: {"is_gone": False},
    consents.HANDSHAKES: {"answer": "always"},
    reports.REPORTS: {"decision": None, "decided_at": None},
}
"""What rows say that stay however old they are."""


def row(table: sa.Table, name: str, at: datetime, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Make up a row whose every time is this one."""

    def value(column: sa.Column[Any]) -> Any:
        if isinstance(column.type, UtcTime):
            return at
        if isinstance(column.type, sa.Boolean):
            return False
        return name if isinstance(column.type, sa.Text) else int(name.partition("-")[0])

    return {column.name: value(column) for column in table.columns} | dict(facts)


async def put(database: Database, table: sa.Table, *rows: dict[str, Any]) -> None:
    await database.write(lambda connection: connection.execute(sa.insert(table), rows).close())


async def values(database: Database, column: sa.Column[Any]) -> list[str]:
    return [str(one) for one in await database.read(lambda c: c.scalars(sa.select(column)).all())]


async def names(database: Database, table: sa.Table) -> list[str]:
    return await values(database, next(iter(table.primary_key.columns)))


def old_rows(database: Database, batch: int = 2) -> OldRows:
    return OldRows(database, batch=batch, pause_s=0)


@pytest.fixture(autouse=True)
async def tables(database: Database) -> None:
    """Make the tables of every file, not only of those that this run imported so far."""
    for module in pkgutil.iter_modules(pipeline.store.__path__):
        importlib.import_module(f"pipeline.store.{module.name}")
    await database.open()


def test_every_table_has_a_stated_life() -> None:
    assert set(LIVES) == set(METADATA.sorted_tables)


async def test_old_rows_go_and_young_ones_stay(database: Database) -> None:
    second = timedelta(seconds=1)
    for table, life in PASSING.items():
        border, facts = NOW - life.keep, FITTING.get(table, {})
        old = [row(table, str(n), border - second, facts) for n in range(1, 6)]
        young = [row(table, str(n), border + second, facts) for n in range(6, 9)]
        await put(database, table, *old, *young)

    counts = await old_rows(database).delete(NOW, draft=DRAFT)

    assert +counts == Counter({table.name: 5 for table in PASSING})
    left = {table.name: await names(database, table) for table in PASSING}
    assert left == {table.name: ["6", "7", "8"] for table in PASSING}


async def test_some_rows_stay_however_old(database: Database) -> None:
    for table, facts in STAYING.items():
        await put(database, table, row(table, "1", NOW - EVER, facts))

    counts = await old_rows(database).delete(NOW, draft=DRAFT)

    assert counts.total() == 0
    assert [await names(database, table) for table in STAYING] == [["1"]] * len(STAYING)


async def test_what_belongs_to_a_row_goes_with_it_and_with_it_only(database: Database) -> None:
    for owner in {life.owner for life in BELONGING.values()}:
        await put(database, owner, row(owner, "1", NOW - EVER, FITTING[owner]))
        await put(database, owner, row(owner, "2", NOW - EVER, STAYING[owner]))
    for table, life in BELONGING.items():
        await put(database, table, *of_each_owner(table, life))

    counts = await old_rows(database).delete(NOW, draft=DRAFT)

    for table, life in BELONGING.items():
        left = await values(database, life.by[0])
        assert {name.partition("-")[0] for name in left} == {"2"}, table.name
        assert counts[table.name] == len(left)


def of_each_owner(table: sa.Table, life: GoesWith) -> list[dict[str, Any]]:
    """Make a row for each owner, or several where there may be."""
    if table is outbox.OUTBOX:
        about = [row(table, f"{name}-file", NOW, {"about": name}) for name in ("1", "2")]
        return [*(row(table, name, NOW, {"about": None}) for name in ("1", "2")), *about]
    if list(life.by) == list(table.primary_key.columns):
        return [row(table, name, NOW, {}) for name in ("1", "2")]
    key = list(table.primary_key.columns)[-1].name
    numbers = [("1", n) for n in range(11, 16)] + [("2", n) for n in range(21, 26)]
    kind = str if isinstance(table.c[key].type, sa.Text) else int
    return [row(table, name, NOW, {key: kind(n)}) for name, n in numbers]


class Watched(Database):
    """Remember what each transaction gave back."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.written: list[Any] = []

    async def write(self, work: Work[T], *, before_an_act: bool = False) -> T:
        done = await super().write(work)
        self.written.append(done)
        return done


async def test_no_transaction_deletes_more_than_a_batch(
    database: Database, tmp_path: Path
) -> None:
    gone = [row(people.PEOPLE, str(n), NOW - EVER, {"is_gone": True}) for n in range(7)]
    await put(database, people.PEOPLE, *gone)
    watched = Watched(f"sqlite:///{tmp_path / 'folder' / 'rows.db'}")

    await old_rows(watched, batch=3).delete(NOW, draft=DRAFT)
    await watched.close()

    assert watched.written == [3, 3, 1]
