"""The clock that DBOS asks SQLite for, given to SQLite libraries that are too old to have it.

On Python 3.12 DBOS 3.4 writes ``unixepoch('subsec')`` into its tables and queries. SQLite knows
that modifier since 3.42 (May 2023); Debian 12 has 3.40, where it is NULL and every insert fails.
So each connection of an older library gets a function of this name. Nothing else asks for it.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

KNOWS_SUBSECONDS = (3, 42, 0)


def give_clock() -> None:
    """Teach every connection that is opened from now on. Safe to repeat."""
    if sqlite3.sqlite_version_info < KNOWS_SUBSECONDS and not event.contains(
        Engine, "connect", _teach
    ):
        event.listen(Engine, "connect", _teach)


def _teach(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, _unixepoch)


def _unixepoch(modifier: str) -> float:
    """Give the seconds since 1970, to the millisecond, as SQLite 3.42 does for 'subsec'."""
    if modifier not in ("subsec", "subsecond"):
        raise ValueError(f"unixepoch({modifier!r}) is not asked for by DBOS 3.4.")
    return time.time_ns() // 1_000_000 / 1000
