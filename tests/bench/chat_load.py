"""How the bot stands 200 people who write at once.

    python -m tests.bench.chat_load [--people 200] [--database postgresql] [--who]

The real bot as a process with quick children, on the stand-in, all of it on this machine; with
its rows in a file of SQLite, or on a PostgreSQL server that runs here for as long.
Everybody sends words, and when all are answered a photo. Printed are how long it took until each
saw the first sign of being heard ("typing…", or the answer itself) and the answer (for a photo:
that it became an order), how many were lost, what the bot computed, and for how long its event
loop was blocked at most; with ``--who`` also where its threads were meanwhile. Telegram lets a bot
send about 30 messages a second, and the bot keeps to that: 200 answers take almost seven seconds.
Signs are no messages.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

from pipeline.types import Owner
from tests import faces, postgres
from tests.agreed import let_agree
from tests.bench.watched_bot import BEGIN
from tests.botapi.people import Person
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi

WITHIN_S = 300.0
ACK_S = 1.0


async def main(people: int, database: str, who: bool) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, settings_for(database) as settings:
        async with BotApi.running() as server:
            bot = BotProcess(server, Path(folder), settings, module="tests.bench.watched_bot")
            crowd = [server.user(f"P{n}") for n in range(people)]
            await let_agree(bot.database_url, [Owner(f"telegram:{p.chat.id}") for p in crowd])
            await bot.start()
            os.kill(bot.pid, signal.SIGUSR1)
            if who:
                os.kill(bot.pid, signal.SIGUSR2)
            for what in ("words", "photos"):
                sends = sends_words if what == "words" else await photos_of(server)
                began, load = time.monotonic(), os.getloadavg()[0]
                acks = await asyncio.gather(*(timed(server, sends(person)) for person in crowd))
                took_s = time.monotonic() - began
                lost = sum(ack.answered_s is None for ack in acks)
                print(
                    f"{people} people at once, {what} ({database}): {took_s:.1f} s, lost {lost}; "
                    f"load before: {load:.1f}"
                )
                print(f"  first sign: {spread(signs_of(acks, crowd, server))}")
                print(f"  answer:     {spread([ack.answered_s or inf for ack in acks])}")
            await bot.terminate(60)
            print(bot.output.rpartition(BEGIN)[2].strip())


@contextmanager
def settings_for(database: str) -> Iterator[dict[str, str]]:
    """Give the settings of a bot on this kind of database, which is there for the block."""
    if database == "sqlite":
        yield {}
        return
    with postgres.one_database() as url:
        yield {"BOLTI_JOBS__DATABASE": url}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """When somebody wrote, by the stand-in's clock, and how long the answer took."""

    sent_at: float
    answered_s: float | None
    """None where there was none."""


async def sends_words(person: Person) -> None:
    """Send words; wait for the bot's answer."""
    await person.sends_text("Namaste! Good morning to all of you.")
    await person.sees("Got the words", WITHIN_S)


async def photos_of(server: BotApi) -> Callable[[Person], Awaitable[None]]:
    """Let one person bring a photo, for all others to send on: making each takes a while."""
    first = server.user("First")
    brought = await first.sends_photo(faces.hopper())
    await first.sees("One clear face", WITHIN_S)

    async def sends_photo(person: Person) -> None:
        photo = await person.sends_on(brought)
        await person.sees_reaction("👀", on=photo, within_s=WITHIN_S)

    return sends_photo


async def timed(server: BotApi, act: Awaitable[None]) -> Ack:
    """Tell how long it took until somebody saw what they waited for."""
    sent_at = server.state.journal.now_s
    try:
        await act
    except AssertionError:
        return Ack(sent_at=sent_at, answered_s=None)
    return Ack(sent_at=sent_at, answered_s=server.state.journal.now_s - sent_at)


def signs_of(acks: list[Ack], crowd: list[Person], server: BotApi) -> list[float]:
    """Say how long it took until each saw that the bot types, or the answer."""
    signs = [inf if ack.answered_s is None else ack.answered_s for ack in acks]
    number_of = {person.chat.id: number for number, person in enumerate(crowd)}
    for call in server.calls("sendChatAction"):
        number = number_of.get(int(call.params["chat_id"]))
        if number is None:
            continue
        waited_s = call.at_s - acks[number].sent_at
        if waited_s >= 0:
            signs[number] = min(signs[number], waited_s)
    return signs


def spread(times_s: list[float]) -> str:
    """Write the median, the 95th percentile and the longest."""
    ms = sorted(1000 * s for s in times_s)
    p95 = ms[int(0.95 * len(ms)) - 1]
    within = sum(one <= 1000 * ACK_S for one in ms)
    return (
        f"median {statistics.median(ms):.0f} ms, p95 {p95:.0f} ms, longest {ms[-1]:.0f} ms; "
        f"{within} of {len(ms)} within {ACK_S:g} s"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--who", action="store_true")
    given = parser.parse_args()
    asyncio.run(main(given.people, given.database, given.who))
