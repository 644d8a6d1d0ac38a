"""Copies of the SQLite database: made while others write, checked, thinned out; and put back.

A copy is one moment of the whole database, ours and the job engine's rows together. It is
written beside its name, checked, and renamed: what has the name is whole. Requests that are still
being put together are left out, because their words must not outlive them. Who may put one back,
and when, is not known here. PostgreSQL has tools of its own.

Where the next one goes: another rule of what is kept is a line in ``surplus``.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline import errors
from pipeline.store.drafts import DRAFTS
from pipeline.store.inbox import INBOX
from pipeline.store.pieces import PIECES
from pipeline.store.questions import QUESTIONS

HOURS: Final = 24
DAYS: Final = 7
DUE_AFTER: Final = timedelta(minutes=55)
"""A little less than an hour, so that a turn that comes a little early is not skipped."""
KEEP: Final = timedelta(days=DAYS)
"""Nothing is older: whoever was forgotten is gone from everywhere by then."""
UNFINISHED: Final = timedelta(hours=1)
UNFINISHED_REQUESTS: Final = {INBOX.name, DRAFTS.name, PIECES.name, QUESTIONS.name}
"""The tables with words in them; what was accepted keeps its words elsewhere."""
_STAMP: Final = "%Y%m%d-%H%M%S"
_NAME: Final = re.compile(r"(bolti|former)-(?P<at>\d{8}-\d{6})\.sqlite")


class Backups:
    """The copies of one database file, in one folder."""

    def __init__(self, database: Path, folder: Path) -> None:
        self._database, self.folder = database, folder

    async def make(self, now: datetime) -> Path:
        """Copy the database, and check the copy. Raises ``DiskFull``, ``BackupUnusable``."""
        return await asyncio.to_thread(self._make, now)

    async def make_if_due(self, now: datetime) -> Path | None:
        """Copy it unless that was done within the hour."""
        newest = await self.newest()
        if newest is not None and now - newest < DUE_AFTER:
            return None
        return await self.make(now)

    async def newest(self) -> datetime | None:
        """Tell when the last copy was made."""
        found = await asyncio.to_thread(_copies, self.folder, "bolti")
        return max(found, default=None)

    async def tidy(self, now: datetime) -> int:
        """Delete what is not kept any longer: copies, databases put aside, unfinished ones."""
        return await asyncio.to_thread(self._tidy, now)

    def _make(self, now: datetime) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        room, size = shutil.disk_usage(self.folder).free, self._database.stat().st_size
        if room < 2 * size:
            raise errors.DiskFull("a backup")
        made = self.folder / f"bolti-{now.astimezone(UTC).strftime(_STAMP)}.sqlite"
        partial = made.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with closing(sqlite3.connect(self._database)) as connection:
                # One read transaction: writers go on beside it, and what they write is not in it.
                connection.execute("VACUUM INTO ?", (str(partial),))
            _take_words_out(partial)
            check(partial)
            put_in_place(partial, made)
        except sqlite3.Error as e:
            raise errors.StoreUnavailable(type(e).__name__) from e
        finally:
            partial.unlink(missing_ok=True)
        return made

    def _tidy(self, now: datetime) -> int:
        if not self.folder.is_dir():
            return 0
        copies, former = _copies(self.folder, "bolti"), _copies(self.folder, "former")
        old = [copies[at] for at in surplus(copies, now)]
        for at, path in former.items():
            if now - at > KEEP:
                old += self.folder.glob(f"{path.name}*")
        for path in self.folder.glob("*.partial"):
            if now.timestamp() - path.stat().st_mtime > UNFINISHED.total_seconds():
                old.append(path)
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


def _take_words_out(copy: Path) -> None:
    """Leave no words of anybody in a copy: they are promised to go sooner than it does."""
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("PRAGMA secure_delete=ON")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for name in {name for (name,) in tables.fetchall()} & UNFINISHED_REQUESTS:
            connection.execute(f"DELETE FROM {name}")  # noqa: S608  a name of ours


def surplus(copies: Iterable[datetime], now: datetime) -> set[datetime]:
    """Tell which copies go: all but the last of each hour of a day, of each day of a week.

    Hours and days of the clock, in UTC: counted back from now, no copy would ever grow old.
    """
    newest_first = sorted(copies, reverse=True)
    kept: dict[str, datetime] = {}
    for at in newest_first:
        if now - at < timedelta(hours=HOURS):
            kept.setdefault(f"{at:%Y%m%d %H}", at)
        if (now.date() - at.date()).days < DAYS:
            kept.setdefault(f"{at:%Y%m%d}", at)
    return set(newest_first) - set(kept.values())


def check(path: Path) -> None:
    """Raise ``BackupUnusable`` unless this is a whole database of ours. Blocking."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            has_orders = ("orders",) in tables.fetchall()
    except sqlite3.Error as e:
        raise errors.BackupUnusable(path.name, "it is no whole database") from e
    if found != "ok":
        raise errors.BackupUnusable(path.name, "it is damaged")
    if not has_orders:
        raise errors.BackupUnusable(path.name, "it is the database of something else")


def restore(backup: Path, database: Path, aside: Path, now: datetime) -> Path | None:
    """Put a copy in the place of the database; keep what was there, and tell where. Blocking.

    There is a whole database at every moment. Raises ``BackupUnusable``, and ``DatabaseInUse``
    while anybody has the present one open.
    """
    if not backup.is_file():
        raise errors.BackupUnusable(backup.name, "there is no such file")
    check(backup)
    database.parent.mkdir(parents=True, exist_ok=True)
    partial = database.with_name(f"{database.name}.partial")
    try:
        shutil.copyfile(backup, partial)
        partial.chmod(database.stat().st_mode if database.exists() else 0o600)
        check(partial)
        former = _put_aside(database, aside, now) if database.exists() else None
        put_in_place(partial, database)
    except OSError as e:
        raise errors.DiskFull("the database") from e
    finally:
        partial.unlink(missing_ok=True)
    return former


def put_in_place(partial: Path, path: Path) -> None:
    """Rename a finished file to its name, for good: a power cut does not undo it."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _put_aside(database: Path, aside: Path, now: datetime) -> Path:
    _fold_in(database)
    aside.mkdir(parents=True, exist_ok=True, mode=0o700)
    former = aside / f"former-{now.astimezone(UTC).strftime(_STAMP)}.sqlite"
    shutil.copyfile(database, former)
    former.chmod(0o600)
    for ending in ("-wal", "-shm"):  # of a damaged one
        if (log := database.with_name(database.name + ending)).exists():
            shutil.move(log, f"{former}{ending}")
    return former


def _fold_in(database: Path) -> None:
    """Take SQLite's log into the file, and away: it must not be read beside another file."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as e:
        raise errors.DatabaseInUse from e
    except sqlite3.DatabaseError:
        return  # damaged: that is why somebody restores
    if mode != "delete":
        raise errors.DatabaseInUse


def _copies(folder: Path, kind: str) -> dict[datetime, Path]:
    """Give the files of a kind, by the time in their name."""
    paths = folder.iterdir() if folder.is_dir() else []
    named = [(_NAME.fullmatch(path.name), path) for path in paths]
    return {
        datetime.strptime(found["at"], _STAMP).replace(tzinfo=UTC): path
        for found, path in named
        if found and found[1] == kind
    }
