"""What the orders cost one PostgreSQL: transactions, processor time, orders per second.

    python -m tests.bench.orders_speed [--workers 4] [--orders 200]

The real path of an order (its row, both workflows, the sweep, the looks at the line), with a door
and a render function that do nothing, on a real server that keeps its word on the disk. Each
worker is a process, this one is the bot. All of it shares this machine, so the orders per second
are what it reaches as a whole; the processor time of the server is counted apart.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pipeline.jobs import QueueName
from pipeline.types import Owner
from tests import postgres
from tests.bench.idle_worker import LONG_S, settings_of
from tests.bench.server_meter import Meter, Spent
from tests.integration.jobs_world import World, job_id, opened

IDLE_S = 20.0
WITHIN_S = 300.0
AT_ONCE = 16
"""So many chats does the bot serve at the same time."""
QUICK = 1_000
DURABLE = {**postgres.SETTINGS, "fsync": "on", "max_connections": 400}


async def main(workers: int, orders: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, postgres.running(DURABLE) as server:
        folder, url = Path(name), server.new_database()
        meter = Meter(server, url)
        async with AsyncExitStack() as stack:
            bot = opened(settings_of(folder, url, "bot"), listen=[QueueName.ORDERS])
            world = await stack.enter_async_context(bot)
            alone = await idle(meter)
            _print("the bot alone, nothing to do", alone)
            for number in range(workers):
                await stack.enter_async_context(worker(folder, url, f"worker-{number}"))
            resting = await idle(meter)
            _print(f"and {workers} workers, nothing to do", resting)
            _print(f"and {workers} renders of {LONG_S} s", await rendering(meter, world, workers))
            await quick(meter, world, orders, resting)


async def idle(meter: Meter) -> Spent:
    """Measure for a while in which nothing is asked."""
    await meter.start()
    await asyncio.sleep(IDLE_S)
    return await meter.stop()


async def rendering(meter: Meter, world: World, workers: int) -> Spent:
    """Measure while every worker renders."""
    numbers = range(workers)
    await submit(world, numbers)
    async with asyncio.timeout(WITHIN_S):
        while any(c.job is None for c in await world.jobs.workers() if c.is_alive):  # noqa: ASYNC110
            await asyncio.sleep(1.0)
    await meter.start()
    await asyncio.sleep(LONG_S / 3)
    spent = await meter.stop()
    await until_final(world, numbers)
    return spent


async def quick(meter: Meter, world: World, orders: int, resting: Spent) -> None:
    """Let orders come as fast as they are taken, and be rendered in no time."""
    numbers = range(QUICK, QUICK + orders)
    await meter.start()
    began_s = time.monotonic()
    await submit(world, numbers)
    taken_s = time.monotonic() - began_s
    await until_final(world, numbers)
    done_s = time.monotonic() - began_s
    spent = await meter.stop()
    share = spent.took_s / resting.took_s
    own = (spent.transactions - share * resting.transactions) / orders
    server_ms = 1000 * (spent.server_s - share * resting.server_s) / orders
    bot_ms = 1000 * (spent.own_s - share * resting.own_s) / orders
    _print(f"{orders} orders at once", spent)
    print(f"  accepted {orders / taken_s:.1f}/s, made and delivered {orders / done_s:.1f}/s")
    print(
        f"  each: {own:.0f} transactions, server {server_ms:.1f} ms, bot {bot_ms:.1f} ms, "
        f"{spent.bytes / orders:,.0f} bytes of rows and indexes"
    )


async def submit(world: World, numbers: Sequence[int]) -> None:
    """Submit one order for each number, each of another owner."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            await world.submit(number, Owner(f"telegram:{number}"))

    await asyncio.gather(*(one(number) for number in numbers))


async def until_final(world: World, numbers: Sequence[int]) -> None:
    """Wait until all are delivered."""
    async with asyncio.timeout(WITHIN_S):
        while not {("deliver", job_id(number)) for number in numbers} <= set(world.door.said):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


@asynccontextmanager
async def worker(folder: Path, url: str, name: str) -> AsyncIterator[None]:
    """Run a worker for as long as the block lasts."""
    module = "tests.bench.idle_worker"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, str(folder), url, name),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        await asyncio.wait_for(process.stdout.readline(), WITHIN_S)
        yield
    finally:
        process.stdin.close()
        await process.wait()


def _print(what: str, spent: Spent) -> None:
    print(
        f"{what}: {spent.transactions / spent.took_s:.1f} transactions/s, "
        f"server {1000 * spent.server_s / spent.took_s:.1f} ms/s, "
        f"bot {1000 * spent.own_s / spent.took_s:.1f} ms/s, {spent.connections} connections",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--orders", type=int, default=200)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.workers, arguments.orders))
