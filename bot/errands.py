"""Work that goes on after its update was handled: at most one errand per key, ended with the bot.

An errand is worth beginning again, never worth waiting for: what it needs is stored, and a button
that starts it stays in the chat until it is done. Not known here: what an errand does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

log = logging.getLogger(__name__)


class Errands:
    """The errands of one bot."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}

    def is_running(self, key: str) -> bool:
        """Tell whether an errand of this name is under way."""
        return key in self._running

    def start(self, key: str, errand: Coroutine[None, None, None]) -> None:
        """Begin an errand; the caller has asked ``is_running``. Its errors go to the log."""
        task = asyncio.create_task(self._run(key, errand))
        self._running[key] = task

    async def quiet(self) -> None:
        """Wait until every errand has ended."""
        while self._running:
            await asyncio.wait(self._running.values())

    async def close(self) -> None:
        """Cut off what still runs."""
        for task in self._running.values():
            task.cancel()
        await self.quiet()

    async def _run(self, key: str, errand: Coroutine[None, None, None]) -> None:
        try:
            await errand
        except Exception:
            log.exception("an errand failed")
        finally:
            del self._running[key]
