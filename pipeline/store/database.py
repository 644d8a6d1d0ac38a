"""The database of small rows: SQLite by default, PostgreSQL by URL, the same code.

It is the database that the jobs live in; our tables stand beside those of the job engine. Calls
run in a thread of the database's own, inside one transaction, with a time limit. These threads are
few: each that computes makes the event loop wait for its turn. What the rows mean is not known
here.

Where the next one goes: a table stands in the file of its class, on the shared ``METADATA``.
Tables, columns and indexes are created when absent (``additions.py``).
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipeline import errors
from pipeline.sealing import Sealer
from pipeline.store.additions import add_what_is_new
from pipeline.store.sealed_text import seal_rows

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

METADATA = sa.MetaData()
BUSY_S = 15
"""How long one statement waits for another process's write."""
BUSY_PAUSE_S = 0.02
LIMIT_S = 30.0
"""Longest wait for one transaction, that wait and the one for a thread included."""
READERS = 2
"""Threads that read."""
WRITERS_OF_SQLITE = 1
"""It lets one write at a time: more would only wait, and wake up to see whether they may."""
WRITERS_OF_POSTGRESQL = 4
UTF8 = "UTF8"


class UtcTime(sa.TypeDecorator[datetime]):
    """An aware UTC time, kept as seconds since 1970: sorts and compares the same everywhere."""

    impl = sa.Double
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> float | None:
        """Turn an aware time into seconds."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A stored time must be aware.")
        return None if value is None else value.timestamp()

    def process_result_value(self, value: float | None, dialect: sa.Dialect) -> datetime | None:
        """Turn seconds into a time in UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Database:
    """Run work in a transaction, in a thread, and translate what the database raises.

    With a ``sealer``, columns of words (``sealed_text.py``) are sealed. A transaction that is
    cancelled or exceeds its time may still commit: work must bear repeating.
    """

    def __init__(self, url: str, sealer: Sealer | None = None) -> None:
        self._url = sa.make_url(url)
        if self._url.get_backend_name() == "postgresql":
            self._url = self._url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        writers = WRITERS_OF_SQLITE if self.is_sqlite else WRITERS_OF_POSTGRESQL
        engine_of = _sqlite if self.is_sqlite else _postgresql
        self._engine = engine_of(self._url, connections=READERS + writers)
        self._readers = ThreadPoolExecutor(READERS, "rows-reader")
        self._writers = ThreadPoolExecutor(writers, "rows-writer")
        self._idle, self._at_work = threading.Condition(), 0
        if sealer is not None:
            seal_rows(self._engine, sealer)

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        named = self._url.database if self.is_sqlite else None
        return Path(named) if named else None

    async def size_bytes(self) -> int:
        """Tell how large all of it is, with its indexes, without SQLite's log."""
        asked = (
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            if self.is_sqlite
            else "SELECT pg_database_size(current_database())"
        )
        return await self.read(lambda c: int(c.exec_driver_sql(asked).scalar_one()))

    async def open(self) -> None:
        """Create the file, its folder, the tables and their new columns, where they are absent.

        Raises ``StoreUnavailable``, ``DatabaseNotUtf8``.
        """
        if self.is_sqlite and self._url.database:
            folder = Path(self._url.database).parent
            await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)

        def work(connection: sa.Connection) -> None:
            self.serialize(connection, "the schema")
            add_what_is_new(connection, METADATA)

        await self.write(work)

    async def read(self, work: Work[T]) -> T:
        """Run work that only reads; it waits for no writer."""
        return await _in_one_of(self._readers, lambda: self._read(work))

    async def write(self, work: Work[T], *, before_an_act: bool = False) -> T:
        """Run work that writes: all of it is committed, or nothing.

        No end of a process undoes it. ``before_an_act``: nor does a power cut, because what comes
        next cannot be taken back, and whoever starts again must know that it may have been done.
        """
        return await _in_one_of(self._writers, lambda: self._write(work, before_an_act))

    async def scrub(self) -> None:
        """Let nothing of what was deleted lie about in SQLite's log; readers may delay it."""
        if self.is_sqlite:
            await self.read(lambda c: c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all())

    async def close(self) -> None:
        """Close every connection, once the threads that nobody waits for any more are done.

        What has not begun by then never does.
        """
        await asyncio.to_thread(self._close)

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """Begin an INSERT that knows ON CONFLICT, in the words of this database."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def serialize(self, connection: sa.Connection, name: str) -> None:
        """Let one transaction at a time go on under this name, until it ends.

        SQLite has a single writer anyway; PostgreSQL takes a lock.
        """
        if not self.is_sqlite:
            digest = hashlib.sha256(name.encode()).digest()
            key = int.from_bytes(digest[:8], "big", signed=True)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def _close(self) -> None:
        for threads in (self._readers, self._writers):
            threads.shutdown(wait=False, cancel_futures=True)
        with self._idle:
            self._idle.wait_for(lambda: not self._at_work, timeout=LIMIT_S)
        self._engine.dispose()

    @contextmanager
    def _working(self) -> Iterator[sa.Connection]:
        with self._idle:
            self._at_work += 1
        try:
            with self._engine.connect() as connection:
                yield connection
        finally:
            with self._idle:
                self._at_work -= 1
                self._idle.notify_all()

    def _read(self, work: Work[T]) -> T:
        with self._working() as connection:
            return work(connection.execution_options(isolation_level="AUTOCOMMIT"))

    def _write(self, work: Work[T], before_an_act: bool) -> T:
        with self._working() as connection:
            if self.is_sqlite:
                _synchronize(connection, "FULL" if before_an_act else "NORMAL")
            with connection.begin():
                return work(connection)


def _sqlite(url: sa.URL, *, connections: int) -> sa.Engine:
    # Parameters are hidden from errors: they hold what people wrote.
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": BUSY_S},
    )

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        # WAL sticks to the file: readers never wait, and the job engine's writes get faster too.
        _write_ahead(connection)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
        connection.isolation_level = None  # we begin ourselves, below

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        # Reads run in autocommit; what begins is going to write. Taking the write lock at once
        # makes "count, then insert" one act and spares the upgrade that SQLite refuses.
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let the file be in WAL mode; of a new one, while others may begin with it too.

    To whoever would change the mode while another process is about to write, SQLite says "locked"
    at once, whatever its timeout is: a bot and a worker that start together for the first time.
    """
    give_up_at_s = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as e:
            if e.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at_s:
                raise
            time.sleep(BUSY_PAUSE_S)
        else:
            return


def _synchronize(connection: sa.Connection, how: str) -> None:
    """Say when SQLite waits for the disk: at each commit (FULL), or when its log is folded in."""
    # Past SQLAlchemy, which would begin a transaction; inside one this says nothing.
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA synchronous={how}")


def _postgresql(url: sa.URL, *, connections: int) -> sa.Engine:
    limit_s = int(LIMIT_S)
    limits = (
        f"-c lock_timeout={BUSY_S}s -c statement_timeout={limit_s}s "
        f"-c idle_in_transaction_session_timeout={limit_s}s"  # of whoever lost the network in one
    )
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=connections,
        max_overflow=0,
        connect_args={
            "connect_timeout": BUSY_S,
            "keepalives_idle": BUSY_S,
            "tcp_user_timeout": 1000 * limit_s,
            "options": limits,
        },
    )

    # Before SQLAlchemy's own first look, which stumbles over what SQL_ASCII answers.
    @sa.event.listens_for(engine, "connect", insert=True)
    def _on_connect(connection: Any, _: object) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != UTF8:
            raise errors.DatabaseNotUtf8(connection.info.dbname, encoding)

    return engine


async def _in_one_of(threads: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    loop, context = asyncio.get_running_loop(), copy_context()
    try:
        async with asyncio.timeout(LIMIT_S):
            return await loop.run_in_executor(threads, lambda: context.run(call))
    except TimeoutError as e:
        raise errors.StoreUnavailable(f"no answer within {LIMIT_S:.0f} s") from e
    except sa.exc.DBAPIError as e:
        if "disk is full" in str(e.orig) or "No space left" in str(e.orig):
            raise errors.DiskFull("a row of the database") from e
        if isinstance(e, sa.exc.OperationalError | sa.exc.InterfaceError):
            raise errors.StoreUnavailable(type(e.orig).__name__) from e
        raise
