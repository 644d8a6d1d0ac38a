"""The audit trail: whoever changes a row is found, writers do not disturb each other, no text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import errors
from pipeline.safety.audit import Audit, Event
from pipeline.store.audit import AUDIT, AuditTable
from pipeline.store.database import Database
from pipeline.types import Owner
from tests.postgres import one_database

ASHA = Owner("telegram:5000001")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = b"a key"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'rows.db'}")
    await database.open()
    yield database
    await database.close()


async def trail(database: Database, rows: int = 5) -> Audit:
    audit = Audit(AuditTable(database), KEY)
    for number in range(rows):
        await audit.record(Event.ORDERED, who=ASHA, about=f"tg-{number}", photo="ab" * 32)
    return audit


async def change(database: Database, statement: sa.Executable) -> None:
    await database.write(lambda connection: connection.execute(statement))


async def test_a_whole_trail_is_told_with_its_newest_digest(database: Database) -> None:
    audit = await trail(database)

    found = await audit.verify()
    in_small_steps = await Audit(AuditTable(database, batch=2), KEY).verify(found.newest)

    assert found.rows == 5
    assert in_small_steps == found


@pytest.mark.parametrize("column", [c.name for c in AUDIT.columns if c.name != "number"])
async def test_a_changed_row_is_found(database: Database, column: str) -> None:
    audit = await trail(database)
    other = NOON if column == "at" else "other"

    await change(database, sa.update(AUDIT).where(AUDIT.c.number == 3).values({column: other}))

    with pytest.raises(errors.AuditBroken, match="row 3"):
        await audit.verify()


@pytest.mark.parametrize("number", [1, 3])
async def test_a_removed_row_is_found(database: Database, number: int) -> None:
    audit = await trail(database)

    await change(database, sa.delete(AUDIT).where(AUDIT.c.number == number))

    with pytest.raises(errors.AuditBroken):
        await audit.verify()


async def test_swapped_rows_are_found(database: Database) -> None:
    audit = await trail(database)
    for before, after in ((2, 99), (3, 2), (99, 3)):
        await change(
            database, sa.update(AUDIT).where(AUDIT.c.number == before).values(number=after)
        )

    with pytest.raises(errors.AuditBroken, match="row 2"):
        await audit.verify()


async def test_a_row_put_in_without_the_key_is_found(database: Database) -> None:
    audit = await trail(database)

    await Audit(AuditTable(database), b"another key").record(Event.FORGOTTEN, who=ASHA)

    with pytest.raises(errors.AuditBroken, match="row 6"):
        await audit.verify()


async def test_an_end_that_was_cut_off_is_found_by_whoever_wrote_the_newest_down(
    database: Database,
) -> None:
    audit = await trail(database)
    newest = (await audit.verify()).newest

    await change(database, sa.delete(AUDIT).where(AUDIT.c.number == 5))

    assert (await audit.verify()).rows == 4
    with pytest.raises(errors.AuditBroken, match="row 5"):
        await audit.verify(newest)


async def test_no_text_and_no_person_gets_in(database: Database) -> None:
    audit = Audit(AuditTable(database), KEY)

    with pytest.raises(ValueError, match="ids, digests and codes only"):
        await audit.record(Event.REPORTED, who=ASHA, words="Namaste, my friend")
    await audit.record(Event.REPORTED, who=ASHA, about="tg-1", kind="intimate")

    def work(connection: sa.Connection) -> str:
        return str(connection.execute(sa.select(AUDIT)).all())

    assert "5000001" not in await database.read(work)
    assert audit.pseudonym(ASHA) in await database.read(work)


async def crowd(url: str) -> None:
    databases = [Database(url) for _ in range(3)]
    for database in databases:
        await database.open()
    audits = [Audit(AuditTable(database), KEY) for database in databases]
    await asyncio.gather(
        *(audits[n % 3].record(Event.DELIVERED, about=f"tg-{n}") for n in range(30))
    )

    assert (await audits[0].verify()).rows == 30
    for database in databases:
        await database.close()


async def test_writers_at_the_same_time_leave_one_whole_chain(tmp_path: Path) -> None:
    await crowd(f"sqlite:///{tmp_path / 'rows.db'}")


async def test_writers_at_the_same_time_leave_one_whole_chain_on_postgresql(
    tmp_path: Path,
) -> None:
    with one_database() as url:
        await crowd(url)
