"""How the bot stands 200 people who write at once.

    python -m tests.bench.chat_load [--people 200]

The real bot as a process with quick children, on the stand-in, all of it on this machine.
Everybody sends words, then a photo; printed are how long it took until each saw the first sign of
being heard ("typing…", or the answer itself) and the first answer, whether every photo became an
order, and for how long the bot's event loop was blocked at most. Telegram lets a bot send about 30
messages a second, and the bot keeps to that: 200 answers take six seconds. Signs are no messages.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.types import Owner
from tests import faces
from tests.agreed import let_agree
from tests.bench.watched_bot import MARK
from tests.botapi.people import Person
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi

WITHIN_S = 300.0
ACK_S = 1.0


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
            acks = await asyncio.gather(*(acknowledged(server, person) for person in crowd))
            took_s = time.monotonic() - began
            signs = [
                min(ack.answered_s, signed - ack.sent_at)
                for ack, signed in zip(acks, signed_at(server, crowd), strict=True)
            ]
            ordered = await asyncio.gather(*(orders(person) for person in crowd))
            orders_s = time.monotonic() - began - took_s
            await bot.terminate(60)
            blocks = bot.output.rpartition(MARK)[2].strip()
    print(f"{people} people at once, words: all answered in {took_s:.1f} s")
    print(f"  first sign:   {spread(signs)}")
    print(f"  first answer: {spread([ack.answered_s for ack in acks])}")
    print(f"  photos: {sum(ordered)} of {people} became orders, in {orders_s:.1f} s")
    print(f"  {MARK} {blocks}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """When somebody wrote, by the stand-in's clock, and how long the first answer took."""

    sent_at: float
    answered_s: float


async def acknowledged(server: BotApi, person: Person) -> Ack:
    """Send words; wait for the bot's first answer."""
    sent_at = server.state.journal.now_s
    await person.sends_text("Namaste! Good morning to all of you.")
    await person.sees("Got the words", WITHIN_S)
    return Ack(sent_at=sent_at, answered_s=server.state.journal.now_s - sent_at)


def signed_at(server: BotApi, crowd: list[Person]) -> list[float]:
    """Say when each first saw that the bot types; never, for whoever was answered before."""
    first: dict[int, float] = {}
    for call in server.calls("sendChatAction"):
        first.setdefault(int(call.params["chat_id"]), call.at_s)
    return [first.get(person.chat.id, float("inf")) for person in crowd]


def spread(times_s: list[float]) -> str:
    """Write the median, the 95th percentile and the longest."""
    ms = sorted(1000 * s for s in times_s)
    p95 = ms[int(0.95 * len(ms)) - 1]
    within = sum(one <= 1000 * ACK_S for one in ms)
    return (
        f"median {statistics.median(ms):.0f} ms, p95 {p95:.0f} ms, longest {ms[-1]:.0f} ms; "
        f"{within} of {len(ms)} within {ACK_S:g} s"
    )


async def orders(person: Person) -> bool:
    """Send a photo; tell whether it became an order."""
    photo = await person.sends_photo(faces.hopper())
    await person.sees_reaction("👀", on=photo, within_s=WITHIN_S)
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    asyncio.run(main(parser.parse_args().people))
