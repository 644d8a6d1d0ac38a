"""The real bot with quick children, its event loop watched: ``python -m tests.bench.watched_bot``.

Says on its last lines what it computed, and how long the loop was blocked, the longest times
first, counted from the signal SIGUSR1 on: what the start costs is another matter. On a machine
that does other things too, what counts is how long it was late by the bot's own doing: without
the time in which its thread was ready to go on and the kernel gave it no processor. Of that, the
thread itself computed a part; the rest is waiting for other threads of the bot, or for the disk.
Where all threads of the bot together computed less than that, one of them had Python's lock and
no processor, or the loop waited for the disk. After the signal SIGUSR2 it also says where the
threads were meanwhile (``witness.py``).
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import dataclass

from bot.__main__ import serve
from pipeline.logs import set_up_logs
from pipeline.settings import load_settings
from tests.bench.witness import Witness
from tests.chaos.worker import QUICK

LOOK_S = 0.005
SHOWN = 8
LONG_MS = (20, 30, 40, 50)
SCHEDULED = "/proc/thread-self/schedstat"
BEGIN = "-- what the bot did --"
MARK = "longest blocks of the loop (ms by the clock/by its own doing/computed/by all threads):"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One time that the loop came late."""

    late_s: float
    own_s: float
    """Of it, what was not for want of a processor."""
    computed_s: float
    """What the loop's thread computed meanwhile."""
    all_computed_s: float
    """The same for all threads of the bot together."""

    def __str__(self) -> str:
        times_s = (self.late_s, self.own_s, self.computed_s, self.all_computed_s)
        return "/".join(f"{1000 * s:.0f}" for s in times_s)


class Watch:
    """Wakes every few milliseconds, and notes how late, and why."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._witness: Witness | None = None
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self.blocks.clear()
        self._thread_s, self._process_s = time.thread_time(), time.process_time()

    def call_a_witness(self) -> None:
        """Let somebody see where the threads are from now on."""
        self._witness = Witness()
        self._witness.start()

    async def run(self) -> None:
        """Look until cancelled."""
        schedstat = os.open(SCHEDULED, os.O_RDONLY)  # of the thread that opens it
        while True:
            before = self._times(schedstat)
            await asyncio.sleep(LOOK_S)
            passed_s, waited_s, computed_s, all_computed_s = (
                after - was for was, after in zip(before, self._times(schedstat), strict=True)
            )
            late_s = passed_s - LOOK_S
            block = Block(
                late_s=late_s,
                own_s=max(0.0, late_s - waited_s),
                computed_s=computed_s,
                all_computed_s=all_computed_s,
            )
            self.blocks.append(block)
            if self._witness is not None:
                self._witness.beat_s = time.monotonic()

    def _times(self, schedstat: int) -> tuple[float, float, float, float]:
        """Read all clocks: the wall's, waiting for a processor, the thread's, all threads'."""
        waited_s = int(os.pread(schedstat, 128, 0).split()[1]) / 1e9
        return time.monotonic(), waited_s, time.thread_time(), time.process_time()

    def told(self) -> str:
        """Write what was computed, the longest blocks by the clock, and by what they computed."""
        thread_s = time.thread_time() - self._thread_s
        process_s = time.process_time() - self._process_s
        late = sorted(self.blocks, key=lambda block: block.late_s, reverse=True)[:SHOWN]
        own = sorted((block.own_s for block in self.blocks), reverse=True)[:SHOWN]
        busy = sorted((block.computed_s for block in self.blocks), reverse=True)[:SHOWN]
        long = (f"{sum(block.own_s > ms / 1000 for block in self.blocks)}" for ms in LONG_MS)
        who = "" if self._witness is None else f"\n{self._witness.told()}"
        return (
            f"computed: {process_s:.1f} s, the loop's thread {thread_s:.1f} s of them\n"
            f"{MARK} {' '.join(map(str, late))}\n"
            f"  by its own doing longest: {in_ms(own)}; computed longest: {in_ms(busy)}\n"
            f"  by its own doing over {'/'.join(map(str, LONG_MS))} ms: {'/'.join(long)}{who}"
        )


def in_ms(times_s: list[float]) -> str:
    """Write times, in whole milliseconds."""
    return " ".join(f"{1000 * s:.0f}" for s in times_s)


async def main() -> None:
    """Serve, watched from the moment at which the start is over."""
    settings = load_settings()
    set_up_logs("INFO", secrets=settings.secrets)
    watch, loop = Watch(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, watch.begin)
    loop.add_signal_handler(signal.SIGUSR2, watch.call_a_witness)
    task = asyncio.create_task(watch.run())
    try:
        await serve(settings, QUICK)
    finally:
        task.cancel()
        print(BEGIN, watch.told(), sep="\n", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
