"""The bot and its workers as processes that somebody starts again whenever they end.

A supervisor (systemd, Docker) does no more: it starts what ended, on the same folder, under the
same name.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from random import Random

from tests.botapi import family
from tests.botapi.family import Relative
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.chaos.plan import Plan

START_AGAIN_S = 0.2
CHILD_MODULES = ("tests.chaos.quick_studio", "tests.chaos.quick_portrait", "pipeline.speech")


class Member(BotProcess):
    """One process of the fleet, through all its lives."""

    def __init__(
        self, server: BotApi, plan: Plan, name: str, more: Mapping[str, str] | None = None
    ) -> None:
        folder = plan.folder / name
        folder.mkdir()
        super().__init__(
            server,
            folder,
            plan.settings(name) | dict(more or {}),
            module=f"tests.chaos.{'bot' if name == 'bot' else 'worker'}",
        )
        self.name = name
        if name != "bot":
            del self._environment["BOLTI_TELEGRAM__TOKEN"]  # a worker has none
        self.deaths = 0
        self._stops = asyncio.Event()

    async def lives(self) -> None:
        """Start it, and start it again whenever it ends, until ``stops``."""
        while not self._stops.is_set():
            await self.launch()
            assert self._process is not None
            await self._process.wait()
            self.deaths += 1
            await asyncio.sleep(START_AGAIN_S)

    def is_up(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def kill_at_once(self) -> bool:
        """Kill the process itself, not its children, as a crash would."""
        if not self.is_up():
            return False
        self._remember()
        os.kill(self.pid, signal.SIGKILL)
        return True

    def kill_a_child(self, random: Random) -> bool:
        """Kill one of its children."""
        if not self.is_up():
            return False
        children = sorted(family.descendants_of(self.pid), key=lambda one: one.pid)
        if not children:
            return False
        family.end(random.choice(children))
        return True

    async def stops(self, within_s: float = 30.0) -> int:
        """Ask it to end in good order, and give back its exit status."""
        self._stops.set()
        if not self.is_up():
            return 0
        return await self.terminate(within_s)


class Fleet:
    """Everybody; ``more`` are settings of single members."""

    def __init__(
        self, server: BotApi, plan: Plan, more: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        more = more or {}
        names = [f"worker{n}" for n in range(1, plan.workers + 1)]
        self.bot = Member(server, plan, "bot", more.get("bot"))
        self.workers = [Member(server, plan, name, more.get(name)) for name in names]
        self._lives: list[asyncio.Task[None]] = []

    @property
    def members(self) -> list[Member]:
        return [self.bot, *self.workers]

    def start(self, *names: str) -> None:
        """Start these members; without names, all."""
        chosen = [m for m in self.members if not names or m.name in names]
        self._lives += [asyncio.create_task(member.lives()) for member in chosen]

    async def stop(self) -> list[int]:
        """End all of them in good order; give back their exit statuses."""
        statuses = [await member.stops() for member in self.members]
        await asyncio.gather(*self._lives)
        return statuses

    async def abandon(self) -> None:
        """Kill whatever is left of it, whatever happened."""
        for life in self._lives:
            life.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
        for member in self.members:
            member.kill_at_once()
            for relative in member.left_behind():
                family.end(relative)

    def left_behind(self) -> set[Relative]:
        return {one for member in self.members for one in member.left_behind()}
