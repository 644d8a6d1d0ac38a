"""How the bot stands 200 people who write at once.

    python -m tests.bench.chat_load [--people 200]

The real bot as a process with quick children, on the stand-in, all of it on this machine.
Everybody sends words, then a photo; printed are how long the first answer to the words took,
whether every photo became an order, and for how long the bot's event loop was blocked at most.
Telegram lets a bot send about 30 messages a second, and the bot keeps to that: 200 answers take
six seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import tempfile
import time
from pathlib import Path

from pipeline.types import Owner
from tests import faces
from tests.agreed import let_agree
from tests.bench.watched_bot import MARK
from tests.botapi.people import Person
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi

WITHIN_S = 300.0


async def main(people: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with BotApi.running() as server:
            bot = BotProcess(server, Path(folder), {}, module="tests.bench.watched_bot")
            crowd = [server.user(f"P{n}") for n in range(people)]
            await let_agree(bot.database_url, [Owner(f"telegram:{p.chat.id}") for p in crowd])
            await bot.start()
            os.kill(bot.pid, signal.SIGUSR1)
            began = time.monotonic()
            acks = await asyncio.gather(*(acknowledged(person) for person in crowd))
            took_s = time.monotonic() - began
            ordered = await asyncio.gather(*(orders(person) for person in crowd))
            orders_s = time.monotonic() - began - took_s
            await bot.terminate(60)
            blocks = bot.output.rpartition(MARK)[2].strip()
    acks_ms = sorted(1000 * s for s in acks)
    print(f"{people} people at once, words: all answered in {took_s:.1f} s")
    print(
        f"  first answer: median {statistics.median(acks_ms):.0f} ms, "
        f"p95 {acks_ms[int(0.95 * people) - 1]:.0f} ms, longest {acks_ms[-1]:.0f} ms"
    )
    print(f"  photos: {sum(ordered)} of {people} became orders, in {orders_s:.1f} s")
    print(f"  {MARK} {blocks}")


async def acknowledged(person: Person) -> float:
    """Send words; give the seconds until the bot's first answer."""
    began = time.monotonic()
    await person.sends_text("Namaste! Good morning to all of you.")
    await person.sees("Got the words", WITHIN_S)
    return time.monotonic() - began


async def orders(person: Person) -> bool:
    """Send a photo; tell whether it became an order."""
    photo = await person.sends_photo(faces.hopper())
    await person.sees_reaction("👀", on=photo, within_s=WITHIN_S)
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    asyncio.run(main(parser.parse_args().people))
