"""What a PostgreSQL server has done for one database: transactions, processor time, connections.

Reads the server's own statistics and Linux's table of processes. What was asked of it, is not
known here.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.postgres import PostgresServer

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
LATE_S = 1.5
"""The server's processes hand in their figures about once a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used between two moments."""

    took_s: float
    transactions: int
    server_s: float
    """Processor time of the server, all its processes."""
    own_s: float
    """Processor time of the process that asks."""
    bytes: int
    """What the database has grown by."""
    connections: int
    """At the second moment."""


class Meter:
    """Reads a server; one for each database."""

    def __init__(self, server: PostgresServer, database_url: str) -> None:
        self._url, self._name = server.url("postgres"), database_url.rpartition("/")[2]
        self._before = self._read()

    async def start(self) -> None:
        """Count from now."""
        await asyncio.sleep(LATE_S)
        self._before = await asyncio.to_thread(self._read)

    async def stop(self) -> Spent:
        """Tell what was spent since the start."""
        await asyncio.sleep(LATE_S)
        now, before = await asyncio.to_thread(self._read), self._before
        return Spent(
            took_s=now.took_s - before.took_s,
            transactions=now.transactions - before.transactions,
            server_s=now.server_s - before.server_s,
            own_s=now.own_s - before.own_s,
            bytes=now.bytes - before.bytes,
            connections=now.connections,
        )

    def _read(self) -> Spent:
        query = (
            "select xact_commit + xact_rollback, numbackends, pg_database_size(datname)"
            " from pg_stat_database where datname = %s"
        )
        with psycopg.connect(self._url, autocommit=True) as connection:
            row = connection.execute(query, (self._name,)).fetchone()
            server = _parent_of(connection.info.backend_pid)
        assert row is not None
        return Spent(
            took_s=time.monotonic(),
            transactions=int(row[0]),
            server_s=_family_s(server),
            own_s=time.process_time(),
            bytes=int(row[2]),
            connections=int(row[1]),
        )


def _family_s(pid: int) -> float:
    """Sum the processor time of a process and its children, the ended ones too."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = sum(_ticks(pid, ended=True)) + sum(sum(_ticks(int(child))) for child in children)
    return ticks / TICKS_PER_S


def _ticks(pid: int, *, ended: bool = False) -> list[int]:
    try:
        fields = _stat(pid)
    except FileNotFoundError:
        return [0]
    return [int(field) for field in fields[11 : 15 if ended else 13]]


def _parent_of(pid: int) -> int:
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    """Read the fields behind the name of a process: state, parent, and so on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
