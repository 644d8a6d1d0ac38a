"""How many videos are uploaded at once, and when none is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Uploads:
    """The uploads of one bot; each holds its whole video in memory."""

    def __init__(self, at_once: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self.count = 0
        """Those under way or waiting for their turn."""
        self._none = asyncio.Event()
        self._none.set()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn, and upload while the block lasts."""
        self.count += 1
        self._none.clear()
        try:
            async with self._turns:
                yield
        finally:
            self.count -= 1
            if not self.count:
                self._none.set()

    async def quiet(self) -> None:
        """Wait until there is none."""
        await self._none.wait()
