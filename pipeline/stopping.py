"""How a process that serves is asked to end: in good order first, at once the second time."""

from __future__ import annotations

import asyncio
import logging
import os
import signal

SECOND_SIGNAL = 130

log = logging.getLogger(__name__)


def heed_signals(stop: asyncio.Event) -> None:
    """Set ``stop`` at the first SIGTERM or Ctrl-C; the second ends the process, children follow.

    To be called in the running event loop.
    """

    def heed() -> None:
        if stop.is_set():
            os._exit(SECOND_SIGNAL)
        log.info("asked to stop")
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, heed)
