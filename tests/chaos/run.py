"""One run of chaos, from the first request to the verdict."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from bot.address import owner_of, unpack_address
from pipeline.prune import prune
from pipeline.records import books_on, open_records
from pipeline.settings import Settings
from pipeline.store.database import Database
from pipeline.store.inbox import Inbox
from pipeline.store.outbox import Outbox
from pipeline.types import Owner
from tests.agreed import let_agree
from tests.botapi.people import Person
from tests.botapi.server import BotApi
from tests.chaos import clip
from tests.chaos.crowd import Crowd
from tests.chaos.fleet import Fleet
from tests.chaos.harm import Harm
from tests.chaos.plan import Plan
from tests.chaos.verdict import Fate, Report
from tests.postgres import PostgresServer

LOOK_AGAIN_S = 0.5
LATER = timedelta(minutes=2)
FIRST_ORDERS_WITHIN_S = 60.0


async def run(plan: Plan, postgres: PostgresServer | None = None) -> Report:
    """Let people ask and harm be done; then wait, stop everything, and count."""
    await asyncio.to_thread(clip.make)
    random = Random(plan.seed)
    report = Report(database=urlsplit(plan.database_url).scheme)
    began_s = time.monotonic()
    async with BotApi.running() as server:
        crowd = Crowd(server, plan.people, random)
        fleet = Fleet(server, plan)
        harm = Harm(server, fleet, plan, random, postgres)
        await let_agree(plan.database_url, [person_owner(p) for p in crowd.people])
        fleet.start()
        try:
            await server.is_polled(FIRST_ORDERS_WITHIN_S)
            stop = asyncio.Event()
            asking = asyncio.create_task(crowd.asks(plan.order_every_s, stop))
            await harm.goes_on()
            stop.set()
            await asking
            calm_s = time.monotonic()
            await _settle(plan, server, crowd)
            report.settled_in_s = time.monotonic() - calm_s
            await _judge(plan, server, crowd, fleet, report)
        finally:
            await fleet.abandon()
        report.harms, report.kills = harm.done, harm.kills
    report.took_s = time.monotonic() - began_s
    return report


async def _settle(plan: Plan, server: BotApi, crowd: Crowd) -> None:
    """Wait until every order ended and the chats stand still, or the time is over."""
    server.forgets_faults()
    deadline = time.monotonic() + plan.settles_within_s
    database = Database(plan.database_url)
    books, inbox = books_on(database), Inbox(database)
    try:
        while time.monotonic() < deadline:
            events = len(server.state.journal.events)
            await asyncio.sleep(LOOK_AGAIN_S)
            in_hand = server.state.updates.pending or await inbox.all()
            if in_hand or await books.orders.unfinished():
                continue
            await asyncio.sleep(2 * LOOK_AGAIN_S)
            if len(server.state.journal.events) == events:
                return
    finally:
        await database.close()


async def _judge(plan: Plan, server: BotApi, crowd: Crowd, fleet: Fleet, report: Report) -> None:
    report.fates = await _fates(plan, crowd)
    asked = {request.key for request in crowd.requests}
    answered = Counter(fate.request.key for fate in report.fates)
    report.lost = len(asked - set(answered))
    report.invented = answered.total() - len(answered)
    unheard = [request for request in crowd.requests if request.key not in answered]
    report.wrong += [f"message {r.key} became no order; told: {r.told}" for r in unheard]
    report.wrong += [f"message {key}: {n} orders" for key, n in answered.items() if n > 1]
    report.wrong += [f"{f.job.id}: {what}" for f in report.fates for what in f.faults()]
    report.wrong += [f"violation: {what}" for what in server.violations]
    statuses = await fleet.stop()
    report.wrong += [f"ended with status {status}" for status in statuses if status != 0]
    await asyncio.sleep(LOOK_AGAIN_S)
    report.wrong += [f"process {one.pid} is left" for one in fleet.left_behind()]
    for member in fleet.members:
        left = await _scratch(plan.prune_settings(member.data_dir))
        report.wrong += [f"{path} is left" for path in left]


async def _fates(plan: Plan, crowd: Crowd) -> list[Fate]:
    requests = {request.key: request for request in crowd.requests}
    database = Database(plan.database_url)
    books, outbox = books_on(database), Outbox(database)
    fates = []
    try:
        for person in crowd.people:
            for job in await books.orders.of_owner(person_owner(person), unfinished=False):
                address = unpack_address(job.reply_to)
                assert address.message_id is not None
                fates.append(
                    Fate(
                        request=requests[address.chat_id, address.message_id],
                        job=job,
                        outbox=await outbox.get(job.id),
                        receipt=await books.orders.receipt(job.id),
                        history=await books.history.of(job.id),
                    )
                )
    finally:
        await database.close()
    return fates


def person_owner(person: Person) -> Owner:
    """Give the owner of what this person asks for."""
    return owner_of(int(person.user["id"]))


async def _scratch(settings: Settings) -> list[Path]:
    """Prune as the product does, and list what is left."""
    async with open_records(settings) as records:
        later = datetime.now(UTC) + LATER
        await prune(settings, records, later)
    folder = settings.scratch_dir
    return await asyncio.to_thread(lambda: sorted(folder.iterdir()) if folder.is_dir() else [])
