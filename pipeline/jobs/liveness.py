"""A lock that dies with its process, and the sweep that gives the work of the dead to the living.

The job engine never notices that a process is gone, and two processes of one executor id run a job
twice. So a process holds a lock on its id for as long as it lives: an flock beside the SQLite
file, a session advisory lock on PostgreSQL. Nobody's clock is asked. Everything here blocks; the
callers use a thread.

Where the next one goes: another kind of database is a class with these five verbs.
"""

from __future__ import annotations

import fcntl
import glob
import math
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import quote, unquote, urlsplit

from pipeline import errors

if TYPE_CHECKING:
    import psycopg

LOST_S = 25
"""A connection that is silent for so long, asked again and again, is given up by both sides."""
_KEY = "hashtextextended('bolti-executor:' || {}, 0)"
_LIVING = f"""
select executor from unnest(%s::text[]) as executor
where {_KEY.format("executor")} in (
    select (classid::bigint << 32) | objid::bigint from pg_locks
    where locktype = 'advisory' and objsubid = 1 and granted
      and database = (select oid from pg_database where datname = current_database())
)
"""  # noqa: S608  our own text only
"""Who of these holds its lock: one look for all, where asking each takes a connection each."""


RETURN_S = 10.0
"""So long the others may take after a restart of the database until they hold their locks again.

Each looks every ``jobs.sweep_s`` whether it still has its own."""
TRIES, PAUSE_S = 11, 0.1
"""Others hold a lock while they recover its dead, for some milliseconds; a twin keeps it."""
Pause = Callable[[], None]
Clock = Callable[[], float]


def _pause() -> None:
    time.sleep(PAUSE_S)


def _soon(try_it: Callable[[], bool], pause: Pause) -> bool:
    for _ in range(TRIES - 1):
        if try_it():
            return True
        pause()
    return try_it()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Liveness(Protocol):
    """Tell the living from the dead."""

    def acquire(self, me: str) -> None:
        """Take the lock of this executor id; raises ``ExecutorAlreadyRunning``."""

    def renew(self) -> None:
        """Take the lock again if it was lost; raises ``ExecutorAlreadyRunning``."""

    def living(self, others: Collection[str]) -> set[str]:
        """Tell which of these live now."""
        ...

    @contextmanager
    def if_dead(self, other: str) -> Iterator[bool]:
        """Tell whether another executor is dead, and keep it from coming back meanwhile."""
        ...

    def release(self) -> None:
        """Give the lock back. Safe to repeat."""


@contextmanager
def nobody_at_work(database: Path) -> Iterator[None]:
    """Keep everybody who ever worked on an SQLite file from starting.

    Raises ``DatabaseInUse`` while one of them lives.
    """
    before, after = f"{database.name}.", ".lock"
    with ExitStack() as stack:
        for path in database.parent.glob(f"{glob.escape(before)}*{after}"):
            file = stack.enter_context(path.open("a"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as e:
                name = path.name.removeprefix(before).removesuffix(after)
                raise errors.DatabaseInUse(unquote(name)) from e
        yield


def create(database_url: str) -> Liveness:
    """Choose the lock that belongs to the database."""
    parts = urlsplit(database_url)
    if parts.scheme.startswith("sqlite"):
        return FileLiveness(Path(parts.path.removeprefix("/")))
    return PostgresLiveness(parts._replace(scheme="postgresql").geturl())


class FileLiveness:
    """An flock on ``<database>.<executor>.lock``; it ends with the process, however that ends."""

    def __init__(self, database: Path, pause: Pause = _pause) -> None:
        self._database = database
        self._pause = pause
        self._file: IO[str] | None = None

    def acquire(self, me: str) -> None:
        """Take the lock of this executor id."""
        path = self._path(me)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
        if not _soon(lambda: _locked(file), self._pause):
            file.close()
            raise errors.ExecutorAlreadyRunning(me)
        self._file = file

    def renew(self) -> None:
        """Do nothing: this lock cannot be lost while the process lives."""

    def living(self, others: Collection[str]) -> set[str]:
        """Tell which of these live now."""
        found = set()
        for other in others:
            with self.if_dead(other) as dead:
                if not dead:
                    found.add(other)
        return found

    @contextmanager
    def if_dead(self, other: str) -> Iterator[bool]:
        """Tell whether another executor is dead, and keep it from coming back meanwhile."""
        with self._path(other).open("a") as file:
            yield _locked(file)

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _path(self, executor: str) -> Path:
        return self._database.with_name(f"{self._database.name}.{quote(executor, safe='')}.lock")


class PostgresLiveness:
    """An advisory lock of a session of its own; needs a direct connection, no pooler between."""

    def __init__(
        self,
        url: str,
        pause: Pause = _pause,
        lost_s: int = LOST_S,
        clock: Clock = time.monotonic,
    ) -> None:
        self._url = url
        self._pause = pause
        self._lost_s = lost_s
        self._clock = clock
        self._all_may_return_until_s = -math.inf
        self._me: str | None = None
        self._connection: psycopg.Connection | None = None
        self._changing = threading.Lock()

    def acquire(self, me: str) -> None:
        """Take the lock of this executor id."""
        with self._changing:
            self._acquire(me)

    def renew(self) -> None:
        """Take the lock again if the connection that held it is gone, as after a restart."""
        import psycopg

        with self._changing:
            # Given back while this waited: a lock taken now would outlive its process's work.
            if self._connection is None or self._me is None:
                return
            try:
                self._connection.execute("select 1")
            except psycopg.OperationalError:
                self._connection.close()
                self._acquire(self._me)
                self._all_may_return_until_s = self._clock() + RETURN_S

    def living(self, others: Collection[str]) -> set[str]:
        """Tell which of these live now."""
        if not others:
            return set()
        with self._changing:
            if (held := self._connection) is not None:
                return _living(held, others)  # a connection for each look would cost ten times it
        with session(self._url, self._lost_s) as connection:
            return _living(connection, others)

    @contextmanager
    def if_dead(self, other: str) -> Iterator[bool]:
        """Tell whether another executor is dead, and keep it from coming back meanwhile.

        Just after this one's own lock was lost nobody is: a database that restarts forgets all
        locks, and whoever lives takes theirs again within seconds.
        """
        if self._clock() < self._all_may_return_until_s:
            yield False
            return
        with session(self._url, self._lost_s) as connection:
            yield self._try(connection, other)

    def release(self) -> None:
        """Give the lock back."""
        with self._changing:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _acquire(self, me: str) -> None:
        connection = session(self._url, self._lost_s)
        if not _soon(lambda: self._try(connection, me), self._pause):
            connection.close()
            raise errors.ExecutorAlreadyRunning(me)
        self._connection, self._me = connection, me

    @staticmethod
    def _try(connection: psycopg.Connection, executor: str) -> bool:
        query = f"select pg_try_advisory_lock({_KEY.format('%s')})"
        row = connection.execute(query.encode(), (executor,)).fetchone()
        return bool(row and row[0])


def session(url: str, lost_s: int = LOST_S) -> psycopg.Connection:
    """Open a session that ends soon after its network is lost, on both sides.

    The server, which holds the lock, is told so too: by itself it asks after two hours. Raises
    ``StoreUnavailable``.
    """
    import psycopg

    idle_s, again_s, times = max(1, 2 * lost_s // 5), max(1, lost_s // 5), 3
    ours = (
        "statement_timeout=10s",
        f"tcp_keepalives_idle={idle_s}",
        f"tcp_keepalives_interval={again_s}",
        f"tcp_keepalives_count={times}",
        f"tcp_user_timeout={1000 * lost_s}",  # nobody is asked while an answer is on its way
    )
    try:
        return psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=10,
            keepalives_idle=idle_s,
            keepalives_interval=again_s,
            keepalives_count=times,
            tcp_user_timeout=1000 * lost_s,
            options=" ".join(f"-c {setting}" for setting in ours),
        )
    except psycopg.OperationalError as e:
        raise errors.StoreUnavailable("the database refuses connections") from e


def _living(connection: psycopg.Connection, executors: Collection[str]) -> set[str]:
    import psycopg

    try:
        return {row[0] for row in connection.execute(_LIVING.encode(), (list(executors),))}
    except psycopg.OperationalError as e:  # the next renewal connects again
        raise errors.StoreUnavailable("the database ended the connection") from e
