"""A backup is one whole moment of the database; the way back loses nothing that was there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.jobs.liveness import FileLiveness, nobody_at_work
from pipeline.store.backups import KEEP, Backups, restore, surplus

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """Make a database in WAL mode, as the bot's is, with one order."""
    path = tmp_path / "data" / "bolti.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE orders (id TEXT)")
        connection.execute("INSERT INTO orders VALUES ('first')")
        connection.commit()
    return path


def orders(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [id for (id,) in connection.execute("SELECT id FROM orders ORDER BY id")]


def add(connection: sqlite3.Connection, *ids: str) -> None:
    connection.executemany("INSERT INTO orders VALUES (?)", [(id,) for id in ids])


async def test_a_backup_holds_what_was_committed_while_somebody_writes(
    live: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(live)) as writer:
        add(writer, "second")
        writer.commit()
        add(writer, "not committed")  # and the write lock is held

        made = await Backups(live, tmp_path / "copies").make(NOW)

        writer.commit()
    assert orders(made) == ["first", "second"]
    assert made.stat().st_mode & 0o077 == 0, "nobody else may read it"
    assert [path.name for path in made.parent.iterdir()] == ["bolti-20261125-123000.sqlite"]


async def test_no_words_of_anybody_are_in_a_backup(live: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(live)) as connection, connection:
        for table in ("drafts", "pieces", "questions"):
            connection.execute(f"CREATE TABLE {table} (words TEXT)")
            connection.execute(f"INSERT INTO {table} VALUES ('Good morning')")

    made = await Backups(live, tmp_path / "copies").make(NOW)

    assert orders(made) == ["first"]
    assert b"Good morning" not in made.read_bytes()


async def test_a_backup_is_due_once_an_hour(live: Path, tmp_path: Path) -> None:
    backups = Backups(live, tmp_path / "copies")

    made = [await backups.make_if_due(NOW + n * HOUR / 4) for n in range(9)]

    assert [made.index(path) for path in made if path] == [0, 4, 8]
    assert await backups.newest() == NOW + 2 * HOUR


async def test_a_database_that_is_damaged_becomes_no_backup(live: Path, tmp_path: Path) -> None:
    live.write_bytes(b"no database" * 500)
    copies = tmp_path / "copies"

    with pytest.raises(errors.StoreUnavailable):
        await Backups(live, copies).make(NOW)

    assert list(copies.iterdir()) == []


def test_24_hourly_and_7_daily_copies_are_kept_as_time_goes_by() -> None:
    kept: set[datetime] = set()

    for hour in range(24 * 12):
        now = NOW + hour * HOUR
        kept.add(now)
        kept -= surplus(kept, now)

    ages = sorted(now - at for at in kept)
    assert ages[:24] == [n * HOUR for n in range(24)]
    assert len({at.date() for at in kept}) == 7
    assert all(at.hour == 23 for at in kept if now - at > 48 * HOUR), "the last of its day"
    assert ages[-1] < KEEP


async def test_old_copies_and_what_a_crash_left_are_deleted(live: Path, tmp_path: Path) -> None:
    backups = Backups(live, tmp_path / "copies")
    await backups.make(NOW - 8 * 24 * HOUR)
    await backups.make(NOW - HOUR)
    for name in ("former-20261101-000000.sqlite", "former-20261124-000000.sqlite", "a.partial"):
        (backups.folder / name).touch()

    young = await backups.tidy(datetime.now(UTC) - timedelta(days=999))
    await backups.tidy(max(NOW, datetime.now(UTC) + 2 * HOUR))

    assert young == 0
    left = {path.name for path in backups.folder.iterdir()}
    assert not left & {"a.partial", "former-20261101-000000.sqlite"}
    assert "bolti-20261117-123000.sqlite" not in left


def test_a_restored_backup_is_in_place_and_the_former_database_is_kept(
    live: Path, tmp_path: Path
) -> None:
    backup, aside = tmp_path / "old.sqlite", tmp_path / "data" / "backups"
    with closing(sqlite3.connect(live)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
        add(connection, "later")
        connection.commit()

    former = restore(backup, live, aside, NOW)

    assert orders(live) == ["first"]
    assert former is not None
    assert orders(former) == ["first", "later"]
    assert {path.name for path in live.parent.iterdir()} == {"bolti.db", "backups"}


def test_nothing_is_restored_while_somebody_has_the_database_open(
    live: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(live)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
        add(connection, "later")
        connection.commit()
        assert orders(live)

        with pytest.raises(errors.DatabaseInUse):
            restore(backup, live, tmp_path / "aside", NOW)

    assert orders(live) == ["first", "later"]


def test_nobody_who_lives_has_the_database_taken_away(live: Path) -> None:
    worker = FileLiveness(live)
    worker.acquire("gpu/1")
    with pytest.raises(errors.DatabaseInUse, match="gpu/1"), nobody_at_work(live):
        raise AssertionError("somebody is at work")
    worker.release()

    with nobody_at_work(live), pytest.raises(errors.ExecutorAlreadyRunning):
        FileLiveness(live).acquire("gpu/1")


def cut_short(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:5000])


def other_tables(backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("ALTER TABLE orders RENAME TO recipes")


def scratched(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[4096:4196] = b"\xff" * 100
    backup.write_bytes(content)


@pytest.mark.parametrize("spoil", [cut_short, other_tables, scratched, Path.unlink])
def test_what_is_no_whole_backup_is_refused_and_nothing_changes(
    live: Path, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    backup = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(live)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    spoil(backup)

    with pytest.raises(errors.BackupUnusable, match=r"old\.sqlite"):
        restore(backup, live, tmp_path / "aside", NOW)

    assert orders(live) == ["first"]
    assert [path.name for path in live.parent.iterdir() if path.suffix == ".partial"] == []


def test_a_damaged_database_gives_way_with_its_log(live: Path, tmp_path: Path) -> None:
    backup = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(live)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    live.write_bytes(b"no database" * 500)
    live.with_name("bolti.db-wal").write_bytes(b"a log")

    former = restore(backup, live, tmp_path / "aside", NOW)

    assert orders(live) == ["first"]
    assert former is not None
    assert former.read_bytes().startswith(b"no database")
    assert [path.name for path in live.parent.iterdir()] == ["bolti.db"]
