"""The real bot with quick children, its event loop watched: ``python -m tests.bench.watched_bot``.

Says on its last line how long the loop was blocked, the longest times first, counted from the
signal SIGUSR1 on: what the start costs is another matter.
"""

from __future__ import annotations

import asyncio
import signal
import time

from bot.__main__ import serve
from pipeline.logs import set_up_logs
from pipeline.settings import load_settings
from tests.chaos.worker import QUICK

LOOK_S = 0.005
SHOWN = 8
MARK = "longest blocks of the loop (ms):"


class Watch:
    """Wakes every few milliseconds, and notes how late."""

    def __init__(self) -> None:
        self.late_s: list[float] = []

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(LOOK_S)
            self.late_s.append(time.monotonic() - before - LOOK_S)


async def main() -> None:
    """Serve, watched from the moment at which the start is over."""
    settings = load_settings()
    set_up_logs("INFO", secrets=settings.secrets)
    watch = Watch()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, watch.late_s.clear)
    task = asyncio.create_task(watch.run())
    try:
        await serve(settings, QUICK)
    finally:
        task.cancel()
        longest = sorted(watch.late_s, reverse=True)[:SHOWN]
        print(MARK, " ".join(f"{1000 * s:.0f}" for s in longest), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
