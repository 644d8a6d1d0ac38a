"""Wait for a condition, with a limit; nothing relies on a sleep having been long enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LIMIT_S = 5.0


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; raise ``TimeoutError`` if it never does."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.005)
