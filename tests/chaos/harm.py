"""What is done to them: kills, a database that goes away, a Telegram that misbehaves."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from tests.botapi.faults import (
    DoneThenDrop,
    DoneThenHang,
    Drop,
    Fault,
    Hang,
    RetryAfter,
    ServerError,
)
from tests.botapi.server import BotApi
from tests.chaos.fleet import Fleet
from tests.chaos.plan import Plan
from tests.postgres import PostgresServer

AWAY_S = (0.5, 3.0)
FAULTS: tuple[Fault, ...] = (
    RetryAfter(1),
    ServerError(502),
    Hang(3),
    Drop(),
    DoneThenHang(),
    DoneThenDrop(),
)
HARMLESS = (RetryAfter(1), ServerError(500), Drop(), Hang(1))
"""For calls whose outcome nobody has to know."""
METHODS = ("sendVideo", "sendVideo", "sendMessage", "editMessageText", "deleteMessage", "getFile")
KILLS = {"bot": 3, "worker": 4, "render child": 4, "bot's child": 1}
OTHERS = {"database stopped": 1, "fault of Telegram": 5, "update again": 2, "updates shuffled": 2}


class Harm:
    """Does one harm after the other, and counts them."""

    def __init__(
        self,
        server: BotApi,
        fleet: Fleet,
        plan: Plan,
        random: Random,
        postgres: PostgresServer | None,
    ) -> None:
        self._server, self._fleet, self._plan = server, fleet, plan
        self._random, self._postgres = random, postgres
        self.done: Counter[str] = Counter()

    @property
    def kills(self) -> int:
        """How often something was killed."""
        return sum(self.done[kind] for kind in KILLS)

    async def goes_on(self) -> None:
        """Harm until the plan's number of kills is reached."""
        acts: dict[str, Callable[[], bool | Awaitable[bool]]] = {
            "bot": self._fleet.bot.kill_at_once,
            "worker": lambda: self._random.choice(self._fleet.workers).kill_at_once(),
            "render child": lambda: self._random.choice(self._fleet.workers).kill_a_child(
                self._random
            ),
            "bot's child": lambda: self._fleet.bot.kill_a_child(self._random),
            "database stopped": self._stop_database,
            "fault of Telegram": self._fault,
            "update again": self._again,
            "updates shuffled": self._shuffle,
        }
        weights = KILLS | OTHERS
        while self.kills < self._plan.kills:
            await asyncio.sleep(self._random.uniform(*self._plan.pause_s))
            (kind,) = self._random.choices(list(weights), list(weights.values()))
            result = acts[kind]()
            if result if isinstance(result, bool) else await result:
                self.done[kind] += 1

    async def _stop_database(self) -> bool:
        away_s = self._random.uniform(*AWAY_S)
        if self._postgres is not None:
            await asyncio.to_thread(self._postgres.stop, hard=True)
            await asyncio.sleep(away_s)
            await asyncio.to_thread(self._postgres.start)
        else:
            await asyncio.to_thread(self._hold_sqlite, away_s)
        return True

    def _hold_sqlite(self, away_s: float) -> None:
        """Let nobody write: what an SQLite file knows of going away."""
        path = self._plan.database_url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            threading.Event().wait(away_s)
        finally:
            connection.close()

    def _fault(self) -> bool:
        method = self._random.choice(
            (
                "sendVideo",
                "sendVideo",
                "sendMessage",
                "editMessageText",
                "deleteMessage",
                "getFile",
            )
        )
        if method == "sendMessage" or method == "sendVideo":
            self._server.fail(method, self._random.choice(FAULTS))
        else:
            self._server.fail(method, self._random.choice(HARMLESS))
        return True

    def _again(self) -> bool:
        self._server.repeat_last_update()
        return True

    def _shuffle(self) -> bool:
        self._random.shuffle(self._server.state.updates.pending)
        return True
