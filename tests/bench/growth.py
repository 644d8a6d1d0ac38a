"""How the database grows: 100,000 orders of the past 90 days, on SQLite and on PostgreSQL.

    python -m tests.bench.growth [--orders 100000] [--waiting 100] [--only sqlite|postgresql]

One real order is made on the real engine; its rows, ours and the engine's, are then multiplied
over the past, each with the id, the person and the times of its own. With some orders waiting in
line, a table tells what the questions of the day take: first with everything that was ever
written, then after `prune`, which is what a deployment has. Beside the time that passed it tells
what this process worked, since others may have the processors, and when the longest of them was
asked: the first after a prune meets cold caches. While it prunes, somebody writes: the longest
wait is printed. The size is that of the whole database, indexes too; on SQLite freed room
stays in the file and is used again, so it is measured on a compact copy.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.garbage import leave_the_modules_alone
from pipeline.jobs.engine import Engine
from pipeline.jobs.lanes import Lanes
from pipeline.jobs.views import Views
from pipeline.prune import Pruned, prune
from pipeline.records import Records, open_records
from pipeline.safety.audit import Event
from pipeline.settings import JobsSettings, Settings, StoreSettings
from pipeline.store.blocks import BlockTable
from pipeline.store.database import Database
from pipeline.store.quotas import Limits
from pipeline.types import JobId, Owner, PhotoPrint
from tests import postgres
from tests.bench.past_orders import multiply
from tests.integration.jobs_world import World, job_id, opened, settings_in, until_final

ASKED_TIMES = 30
PLACES_ASKED = 300
ASKER = "bench-asker"
DAYS = 90
PEOPLE = 5000
ROW = "{:<36}" + 2 * "{:>10}{:>8}{:>9}" + "{:>12}"
LIMITS = Limits(per_day=9, place_per_day=9, place_per_owner_and_day=9, place_open=9)


async def measure(kind: str, folder: Path, database: str, orders: int, waiting: int) -> None:
    """Fill one database, and print its table."""
    settings = _settings(folder, database)
    async with opened(settings) as world, open_records(settings) as records:
        await world.submit(1)
        await until_final(world, 1)
        await _as_the_bot_writes(settings, records, job_id(1))
    began_s = time.monotonic()
    multiply(settings.database_url, job_id(1), orders, DAYS, PEOPLE)
    print(f"\n{kind}: {orders} orders of {DAYS} days, made in {_since(began_s):.0f} s", flush=True)
    async with opened(settings) as world, open_records(settings) as records:
        world.render.released.clear()
        for number in range(2, 2 + waiting):
            await world.submit(number, Owner(f"telegram:{number}"))
        leave_the_modules_alone()  # as the bot does; else the longest time is the collector's
        await _tell(settings, world, records)
        world.render.released.set()


async def _tell(settings: Settings, world: World, records: Records) -> None:
    """Measure before and after a prune, and print the table."""
    before = await _questions(world, records)
    size_before = await asyncio.to_thread(_size_bytes, settings.database_url)
    pruned, took_s, waited_s = await _prune(settings, records)
    after = await _questions(world, records)
    size_after = await asyncio.to_thread(_size_bytes, settings.database_url)
    again_s = (await _prune(settings, records))[1]
    for when, taken in (("with all of the past", before), ("pruned", after)):
        columns = ("median", "p99", "longest", "CPU", "p99", "longest", "longest was")
        print(ROW.format(f"milliseconds, {when}", *columns))
        for name, times in taken.items():
            print(ROW.format(name, *times.shown()))
    print(f"size: {size_before / 1e6:.0f} MB before, {size_after / 1e6:.0f} MB pruned")
    print(f"prune: {took_s:.0f} s for {pruned.workflows} workflows and {pruned.rows} rows; ")
    print(f"  meanwhile a write took at most {1000 * waited_s:.0f} ms")
    print(f"prune with nothing to do: {again_s:.2f} s", flush=True)


async def _as_the_bot_writes(settings: Settings, records: Records, order: JobId) -> None:
    """Write what the bot writes about an order beside the jobs."""
    who, now = Owner("telegram:1"), datetime.now(UTC)
    await records.community.quotas.take(
        order, owner=who, place=None, limits=Limits(), day_began_at=now, now=now
    )
    await records.outbox.open(order)
    await records.outbox.claim(order)
    await records.outbox.sent(order, "1234567", "f" * 72, "u" * 16)
    digest = "0" * 64
    database = Database(settings.database_url)
    await BlockTable(database).keep_print(order, PhotoPrint(sha256=digest, look="0" * 16))
    await database.close()
    await records.audit.record(Event.ORDERED, who=who, about=order, photo=digest)
    await records.audit.record(Event.DELIVERED, who=who, about=order, video=digest)


@dataclass(frozen=True, slots=True)
class Times:
    """How long a question took, each time that it was asked; in milliseconds."""

    passed: Sequence[float]
    worked: Sequence[float]
    """What this process computed meanwhile."""

    def shown(self) -> list[str]:
        """Give the cells of a row."""
        numbers = [
            number
            for taken in (self.passed, self.worked)
            for number in (statistics.median(taken), _percentile(taken, 99), max(taken))
        ]
        slowest = 1 + self.passed.index(max(self.passed))
        return [*(f"{ms:.1f}" for ms in numbers), f"no. {slowest}"]


def _percentile(taken: Sequence[float], pct: int) -> float:
    return sorted(taken)[math.ceil(len(taken) * pct / 100) - 1]


async def _questions(world: World, records: Records) -> dict[str, Times]:
    somebody = Owner("telegram:7")
    now = datetime.now(UTC)
    number = 900_000 if (await records.orders.find(job_id(900_000))) is None else 950_000

    async def accept() -> None:
        nonlocal number
        number += 1
        await world.submit(number, Owner(f"telegram:{number}"))

    # One that believes no earlier look: the jobs' own answers most askers without any.
    engine = Engine(world.settings)
    engine.liveness.acquire(ASKER)  # as whoever works here does
    lanes = Lanes(engine, records.books.workers, previews=False)
    views = Views(engine, records.books, lanes, fresh_s=0)

    # Of those that came within one second any may be the one that is made.
    somewhere = await _standing_in_line(world)

    async def place() -> None:
        standing = await views.standing(somewhere)
        assert standing.position is not None

    async def place_seen_lately() -> None:
        assert (await world.jobs.standing(somewhere)).position is not None

    async def their_status() -> None:
        for job in await world.jobs.of_owner(Owner("telegram:2")):
            await world.jobs.standing(job.id)

    async def admins_status() -> None:
        await world.jobs.unfinished()
        await records.community.day.ended_since(now - timedelta(days=1))

    async def quota() -> None:
        await records.community.quotas.check(
            owner=somebody, place=somebody, limits=LIMITS, day_began_at=now, now=now
        )

    async def everything_about_somebody() -> None:
        await records.personal.of(somebody)

    async def report_by_name() -> None:
        assert await anext(records.outbox.job_ids())

    async def report_by_unknown_name() -> None:
        assert [ids async for ids in records.outbox.job_ids()]

    times = {
        "a place in the line": await _timed(place, PLACES_ASKED, pause_s=0.02),
        "a place seen within a second": await _timed(place_seen_lately, PLACES_ASKED, 0.02),
        "accepting an order": await _timed(accept),
        "/status": await _timed(their_status, pause_s=1.1),
        "/status of an operator": await _timed(admins_status),
        "whose day is used up": await _timed(quota),
        "/mydata": await _timed(everything_about_somebody),
        "/report #NAME, the newest thousand": await _timed(report_by_name),
        "/report #NAME, all names": await _timed(report_by_unknown_name),
    }
    engine.liveness.release()
    return times


async def _standing_in_line(world: World) -> JobId:
    """Give one that waits and stays: another is in the making, and is not done before the end."""
    async with asyncio.timeout(60):
        while True:
            places = {
                job.id: await world.jobs.position(job.id) for job in await world.jobs.unfinished()
            }
            waiting = [id for id, place in places.items() if place is not None]
            if waiting and len(waiting) < len(places):
                return waiting[-1]
            await asyncio.sleep(0.1)


async def _timed(
    act: Callable[[], Awaitable[None]], times: int = ASKED_TIMES, pause_s: float = 0.25
) -> Times:
    """Ask some times, with pauses: what a look at the line saw is believed for a second."""
    passed, worked = [], []
    for _ in range(times):
        await asyncio.sleep(pause_s)
        began_s, work_s = time.monotonic(), time.process_time()
        await act()
        passed.append(1000 * _since(began_s))
        worked.append(1000 * (time.process_time() - work_s))
    return Times(passed, worked)


async def _prune(settings: Settings, records: Records) -> tuple[Pruned, float, float]:
    """Prune beside somebody who writes; tell how long both took."""
    waited_s = 0.0

    async def write() -> None:
        nonlocal waited_s
        while True:
            began_s = time.monotonic()
            await records.books.history.note(JobId("bench"), "still here")
            waited_s = max(waited_s, _since(began_s))
            await asyncio.sleep(0.05)

    writer = asyncio.create_task(write())
    began_s = time.monotonic()
    pruned = await prune(settings, records, datetime.now(UTC))
    took_s = _since(began_s)
    writer.cancel()
    with suppress(asyncio.CancelledError):
        await writer
    return pruned, took_s, waited_s


def _size_bytes(url: str) -> int:
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "copy.db"
                connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
                return copy.stat().st_size
        connection.exec_driver_sql("VACUUM FULL")
        size: int = connection.exec_driver_sql(
            "SELECT pg_database_size(current_database())"
        ).scalar_one()
    engine.dispose()
    return size


def _settings(folder: Path, database: str) -> Settings:
    base = settings_in(folder, database=database)
    return base.model_copy(
        update={
            "jobs": JobsSettings(executor="bench", database=database, open_in_all=100_000),
            "store": StoreSettings(min_free_bytes=0),
        }
    )


def _since(began_s: float) -> float:
    return time.monotonic() - began_s


def main() -> None:
    """Measure both kinds of database, or one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--waiting", type=int, default=100)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    if given.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure("SQLite", Path(folder), "", given.orders, given.waiting))
    if given.only != "sqlite":
        with tempfile.TemporaryDirectory() as folder, postgres.one_database() as url:
            asyncio.run(measure("PostgreSQL", Path(folder), url, given.orders, given.waiting))


if __name__ == "__main__":
    main()
