"""The database of small rows: WAL, transactions, errors of ours."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import errors
from pipeline.store.database import LIMIT_S, READERS, WRITERS_OF_SQLITE, Database, Work


async def test_the_file_is_in_wal_mode_for_everybody(database: Database, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "folder" / "rows.db") as stranger:
        assert stranger.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    stranger.close()


async def test_the_folder_that_it_makes_is_its_users_own(
    database: Database, tmp_path: Path
) -> None:
    assert (tmp_path / "folder").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("before_an_act", "synchronous"), [(False, 1), (True, 2)])
async def test_a_commit_waits_for_the_disk_only_before_what_cannot_be_taken_back(
    database: Database, before_an_act: bool, synchronous: int
) -> None:
    def pragma(connection: sa.Connection) -> tuple[int, int, int]:
        names = ("synchronous", "foreign_keys", "busy_timeout")
        one, two, three = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names
        )
        return one, two, three

    for _ in range(2):  # the connection is used again
        await database.write(_count, before_an_act=not before_an_act)
        found = await database.write(pragma, before_an_act=before_an_act)

    assert found == (synchronous, 1, 15_000)


async def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        connection.exec_driver_sql(
            "INSERT INTO outbox (job_id, state, attempt) VALUES ('a', 'x', 1)"
        )
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(work)

    assert await database.read(_count) == 0


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    writing, may_end = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(connection: sa.Connection) -> None:
        loop.call_soon_threadsafe(writing.set)
        asyncio.run_coroutine_threadsafe(may_end.wait(), loop).result(10)

    writer = asyncio.create_task(database.write(slow))
    await writing.wait()
    assert await database.read(_count) == 0
    may_end.set()
    await writer


async def test_however_many_ask_few_threads_work(database: Database) -> None:
    async def threads_of(ask: Callable[[Work[str]], Awaitable[str]]) -> int:
        named = await asyncio.gather(
            *(ask(lambda _: threading.current_thread().name) for _ in range(50))
        )
        return len(set(named))

    assert await threads_of(database.read) <= READERS
    assert await threads_of(database.write) <= WRITERS_OF_SQLITE


async def test_what_has_not_begun_when_it_closes_never_does(database: Database) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(_: sa.Connection) -> None:
        begun.set()
        may_end.wait(LIMIT_S)

    first = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(begun.wait, LIMIT_S)
    second = asyncio.create_task(database.write(lambda _: pytest.fail("it began")))
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.close())
    await asyncio.wait({second}, timeout=LIMIT_S)
    may_end.set()
    await asyncio.gather(first, closing)

    assert second.cancelled()


async def test_two_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "rows.db"
    database = Database(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # it is no WAL yet, and the other is about to write

        opening = asyncio.create_task(database.open())
        _, waiting = await asyncio.wait({opening}, timeout=0.1)
        other.execute("COMMIT")
        await opening
    await database.close()

    assert waiting, "SQLite itself would not have waited"


async def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}")  # a folder is no file

    with pytest.raises(errors.StoreUnavailable):
        await database.open()
    await database.close()


async def test_a_broken_query_is_a_bug_and_says_so(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        await database.write(
            lambda c: c.exec_driver_sql("INSERT INTO outbox (job_id) VALUES ('a')")
        )


def _count(connection: sa.Connection) -> int:
    count: int = connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one()
    return count


async def test_closing_waits_for_a_thread_that_nobody_waits_for_any_more(
    database: Database,
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work(connection: sa.Connection) -> None:
        begun.set()
        may_end.wait(LIMIT_S)

    reading = asyncio.create_task(database.read(work))
    await asyncio.to_thread(begun.wait, LIMIT_S)
    reading.cancel()
    closing = asyncio.create_task(database.close())
    done, _ = await asyncio.wait({closing}, timeout=0.05)
    may_end.set()
    await closing

    assert done == set()
    assert database._at_work == 0
