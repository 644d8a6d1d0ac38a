"""How many videos are uploaded at once, and when none is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 2
"""Each upload holds its whole video in memory."""


class Uploads:
    """The uploads of one bot."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
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
