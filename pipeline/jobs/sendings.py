"""The deliveries under way: what a process that ends waits for, and begins no more.

What is delivered, and to whom, is not known here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Sendings:
    """The deliveries of one process."""

    def __init__(self) -> None:
        self._draining = False
        self._under_way: set[asyncio.Task[None]] = set()

    async def one(self, delivery: Coroutine[Any, Any, None]) -> None:
        """Deliver; once the process is ending, leave it for the next start."""
        if self._draining:
            delivery.close()
            raise asyncio.CancelledError
        sending = asyncio.create_task(delivery)
        self._under_way.add(sending)
        sending.add_done_callback(self._under_way.discard)
        try:
            await sending
        finally:
            sending.cancel()

    async def drain(self, limit_s: float) -> None:
        """Begin no delivery any more; wait for those under way."""
        self._draining = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=limit_s)
