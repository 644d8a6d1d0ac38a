"""The server in a thread of its own, for tests that block (a CLI, a synchronous client)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.botapi.server import BotApi

T = TypeVar("T")
PATIENCE_S = 30.0


class ThreadedBotApi:
    """A server whose event loop runs elsewhere; ``do`` runs a coroutine there."""

    def __init__(self, api: BotApi, loop: asyncio.AbstractEventLoop) -> None:
        self.api = api
        self._loop = loop

    def do(self, what: Coroutine[Any, Any, T], within_s: float = PATIENCE_S) -> T:
        """Run a coroutine in the server's loop and wait for it: ``api.do(asha.sees("Hi"))``."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(within_s)


@contextmanager
def running_in_thread() -> Iterator[ThreadedBotApi]:
    """Serve from a thread for the length of a ``with`` block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="botapi")
    thread.start()
    try:
        api = asyncio.run_coroutine_threadsafe(_started(), loop).result(PATIENCE_S)
        yield ThreadedBotApi(api, loop)
        asyncio.run_coroutine_threadsafe(api.close(), loop).result(PATIENCE_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
        loop.close()


async def _started() -> BotApi:
    api = BotApi()
    await api.start()
    return api
