"""The real bot with quick children, its event loop watched: ``python -m tests.bench.watched_bot``.

Says on its last lines what it computed, and how long the loop was blocked, the longest times
first, counted from the signal SIGUSR1 on: what the start costs is another matter. On a machine
that does other things too, what counts is how long it was late by the bot's own doing: without
the time in which its thread was ready to go on and the kernel gave it no processor. Of that, the
thread itself computed a part; the rest is waiting for other threads of the bot, or for the disk.
"""

from __future__ import annotations

import asyncio
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from bot.__main__ import serve
from pipeline.logs import set_up_logs
from pipeline.settings import load_settings
from tests.chaos.worker import QUICK

LOOK_S = 0.005
SHOWN = 8
SCHEDULED = Path("/proc/thread-self/schedstat")
BEGIN = "-- what the bot did --"
MARK = "longest blocks of the loop (ms by the clock/by its own doing/computed):"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One time that the loop came late."""

    late_s: float
    own_s: float
    """Of it, what was not for want of a processor."""
    computed_s: float
    """What the loop's thread computed meanwhile."""

    def __str__(self) -> str:
        return "/".join(f"{1000 * s:.0f}" for s in (self.late_s, self.own_s, self.computed_s))


class Watch:
    """Wakes every few milliseconds, and notes how late, and why."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self.blocks.clear()
        self._thread_s, self._process_s = time.thread_time(), time.process_time()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            before, computed, starved = time.monotonic(), time.thread_time(), starved_s()
            await asyncio.sleep(LOOK_S)
            late_s = time.monotonic() - before - LOOK_S
            block = Block(
                late_s=late_s,
                own_s=max(0.0, late_s - (starved_s() - starved)),
                computed_s=time.thread_time() - computed,
            )
            self.blocks.append(block)

    def told(self) -> str:
        """Write what was computed, the longest blocks by the clock, and by what they computed."""
        thread_s = time.thread_time() - self._thread_s
        process_s = time.process_time() - self._process_s
        late = sorted(self.blocks, key=lambda block: block.late_s, reverse=True)[:SHOWN]
        own = sorted((block.own_s for block in self.blocks), reverse=True)[:SHOWN]
        busy = sorted((block.computed_s for block in self.blocks), reverse=True)[:SHOWN]
        return (
            f"computed: {process_s:.1f} s, the loop's thread {thread_s:.1f} s of them\n"
            f"{MARK} {' '.join(map(str, late))}\n"
            f"  by its own doing longest: {in_ms(own)}; computed longest: {in_ms(busy)}"
        )


def starved_s() -> float:
    """Tell how long this thread has waited for a processor, ready to go on, since it began."""
    return int(SCHEDULED.read_text(encoding="ascii").split()[1]) / 1e9


def in_ms(times_s: list[float]) -> str:
    """Write times, in whole milliseconds."""
    return " ".join(f"{1000 * s:.0f}" for s in times_s)


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
