"""The real bot with quick children, its event loop watched: ``python -m tests.bench.watched_bot``.

Says on its last lines what it computed, and how long the loop was blocked, the longest times
first, counted from the signal SIGUSR1 on: what the start costs is another matter. Beside each
stands how long the loop's thread really computed in that time: the rest went to other threads of
the bot, and to whatever else this machine did.
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
BEGIN = "-- what the bot did --"
MARK = "longest blocks of the loop (ms, and of it computed):"


class Watch:
    """Wakes every few milliseconds, and notes how late, and what the thread computed meanwhile."""

    def __init__(self) -> None:
        self.blocks: list[tuple[float, float]] = []
        """Seconds late, and seconds of processor time of the loop's own thread."""
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self.blocks.clear()
        self._thread_s, self._process_s = time.thread_time(), time.process_time()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            before, computed = time.monotonic(), time.thread_time()
            await asyncio.sleep(LOOK_S)
            late_s = time.monotonic() - before - LOOK_S
            self.blocks.append((late_s, time.thread_time() - computed))

    def told(self) -> str:
        """Write what was computed, the longest blocks by the clock, and by what they computed."""
        thread_s = time.thread_time() - self._thread_s
        process_s = time.process_time() - self._process_s
        late = sorted(self.blocks, reverse=True)[:SHOWN]
        busy = sorted((computed for _, computed in self.blocks), reverse=True)[:SHOWN]
        by_clock = " ".join(f"{1000 * s:.0f}/{1000 * c:.0f}" for s, c in late)
        return (
            f"computed: {process_s:.1f} s, the loop's thread {thread_s:.1f} s of them\n"
            f"{MARK} {by_clock}; computed longest: {' '.join(f'{1000 * c:.0f}' for c in busy)}"
        )


async def main() -> None:
    """Serve, watched from the moment at which the start is over."""
    settings = load_settings()
    set_up_logs("INFO", secrets=settings.secrets)
    watch = Watch()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, watch.begin)
    task = asyncio.create_task(watch.run())
    try:
        await serve(settings, QUICK)
    finally:
        task.cancel()
        print(BEGIN, watch.told(), sep="\n", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
