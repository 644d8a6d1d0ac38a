"""Workers on machines of their own: no token, no shared disk, one result whatever is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.records import books_on
from pipeline.store.database import Database
from pipeline.types import Owner
from tests import faces, postgres, s3
from tests.agreed import let_agree
from tests.botapi.people import Person
from tests.botapi.server import BotApi
from tests.chaos import clip
from tests.chaos.fleet import Fleet
from tests.chaos.plan import Plan
from tests.relay import Relay, relayed

LIMIT_S = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A bot and two workers, each on a disk of its own; worker1's network can be cut."""

    plan: Plan
    fleet: Fleet
    network: Relay
    person: Person

    async def renders_at(self, worker: str) -> None:
        """Wait until this worker has begun a render."""
        database = Database(self.plan.database_url)
        books = books_on(database)
        owner = Owner(f"telegram:{self.person.user['id']}")
        try:
            async with asyncio.timeout(LIMIT_S):
                while True:
                    for job in await books.orders.of_owner(owner, unfinished=False):
                        begun = [e.by for e in await books.history.of(job.id)]
                        if worker in begun:
                            return
                    await asyncio.sleep(0.05)
        finally:
            await database.close()


@asynccontextmanager
async def site(server: BotApi, folder: Path) -> AsyncIterator[Site]:
    await asyncio.to_thread(clip.make)
    with postgres.running() as database, s3.running() as bucket:
        url = database.new_database()
        async with relayed(urlsplit(url).port or 0) as network:
            plan = Plan(folder=folder, database=url, store=bucket.settings(), takes_s=3.0)
            near = url.replace(f":{urlsplit(url).port}/", f":{network.port}/")
            fleet = Fleet(server, plan, {"worker1": {"BOLTI_JOBS__DATABASE": near}})
            person = server.user("Asha")
            await let_agree(url, [Owner(f"telegram:{person.user['id']}")])
            try:
                yield Site(plan=plan, fleet=fleet, network=network, person=person)
            finally:
                await fleet.abandon()


async def test_a_worker_that_is_cut_off_in_mid_job_is_replaced_and_one_video_comes(
    server: BotApi, tmp_path: Path
) -> None:
    async with site(server, tmp_path) as here:
        here.fleet.start("bot", "worker1")
        await server.is_polled(LIMIT_S)
        await here.person.sends_photo(faces.hopper(), "Namaste, this is one.")
        await here.renders_at("worker1")

        here.network.cut()
        here.fleet.start("worker2")
        await here.renders_at("worker2")
        await here.person.waits_for(lambda: here.person.videos() or None, LIMIT_S, "the video")
        here.network.mend()
        await here.person.settles(quiet_s=3.0, within_s=LIMIT_S)

        assert len(here.person.videos()) == 1
        assert here.fleet.workers[0].deaths == 0, (
            "cut off is not dead: it works on when it is back"
        )


async def test_a_worker_needs_no_token_and_no_disk_of_others(
    server: BotApi, tmp_path: Path
) -> None:
    async with site(server, tmp_path) as here:
        here.fleet.start("bot", "worker2")
        await server.is_polled(LIMIT_S)
        await here.person.sends_photo(faces.hopper(), "Namaste, this is two.")
        await here.person.waits_for(lambda: here.person.videos() or None, LIMIT_S, "the video")

        folders = {path.name for path in (tmp_path / "worker2" / "data").iterdir()}
        assert "artifacts" not in folders
        assert server.token not in here.fleet.workers[1].output
