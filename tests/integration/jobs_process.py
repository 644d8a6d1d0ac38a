"""A process that works on jobs and kills itself, hard, at the moment a test names.

``python -m tests.integration.jobs_process '<json>'`` with the fields of ``Plan``. What happens is
appended to ``<folder>/story``, one word and id per line, written before it is acted upon: the
story is what an owner would have seen. It ends with status 0 when all jobs of the plan are final.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.jobs import Jobs, QueueName
from pipeline.line import Standing
from pipeline.records import books_on
from pipeline.store import create
from pipeline.store.database import Database
from pipeline.store.outbox import Outbox, OutboxState
from pipeline.types import CopyKind, Failure, Job, JobId, Progress, RenderRequest, RenderResult
from tests.integration.jobs_world import ASHA, REQUEST, job_id, result_of, settings_in

STAGES = ("announce", "announced", "render", "claimed", "sent", "recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    folder: str
    executor: str = "one"
    database: str = ""
    listen: tuple[str, ...] = ("orders", "renders-warp")
    jobs: int = 1
    dies_at: str = ""
    render_s: float = 0.0

    def command(self) -> list[str]:
        return [__name__, json.dumps(asdict(self))]


class Story:
    """What happened, on disk before it goes on; and the moment to die."""

    def __init__(self, plan: Plan) -> None:
        self._path, self._dies_at = Path(plan.folder) / "story", plan.dies_at

    def tell(self, what: str, id: JobId) -> None:
        with self._path.open("a") as file:
            file.write(f"{what} {id}\n")
            file.flush()
            os.fsync(file.fileno())

    def has_told(self, what: str, id: JobId) -> bool:
        lines = self._path.read_text().splitlines()
        return any(line.startswith(what) and line.endswith(id) for line in lines)

    def reach(self, stage: str) -> None:
        assert stage in STAGES
        if stage == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


class OutboxDoor:
    """Deliver by the rules of the outbox, as the bot does; sending is a line in the story."""

    def __init__(self, story: Story, outbox: Outbox) -> None:
        self._story, self._outbox = story, outbox

    async def announce(self, job: Job, standing: Standing) -> str:
        self._story.reach("announce")
        self._story.tell("announce", job.id)
        self._story.reach("announced")
        return "1"

    async def show(self, job: Job, receipt: str, standing: Standing) -> None:
        return

    async def show_preview(self, job: Job, receipt: str, preview: RenderResult) -> None:
        self._story.tell("preview", job.id)

    async def deliver(self, job: Job, receipt: str) -> None:
        await self._outbox.open(job.id)
        if not await self._outbox.claim(job.id):
            row = await self._outbox.get(job.id)
            assert row is not None
            if row.state is OutboxState.SENDING:
                await self._outbox.unknown(job.id)
                self._story.tell("unknown", job.id)
            return
        self._story.reach("claimed")
        self._story.tell("send", job.id)
        self._story.reach("sent")
        await self._outbox.sent(job.id, "2", None)
        self._story.reach("recorded")

    async def deliver_copy(self, job: Job, kind: CopyKind, wish: int) -> None:
        return

    async def fail(self, job: Job, receipt: str, failure: Failure) -> None:
        self._story.tell(f"fail:{failure.code}", job.id)

    async def withdraw(self, job: Job, receipt: str) -> None:
        self._story.tell("withdraw", job.id)


async def work(plan: Plan) -> None:
    """Submit the jobs of the plan unless they are there, and work until all are final."""
    settings = settings_in(
        Path(plan.folder), executor=plan.executor, database=plan.database, open_per_owner=100
    )
    story = Story(plan)

    async def render(
        request: RenderRequest, id: JobId, on_progress: Callable[[Progress], None]
    ) -> RenderResult:
        story.tell("render", id)
        story.reach("render")
        await asyncio.sleep(plan.render_s)
        return result_of(id)

    database = Database(settings.database_url)
    books = books_on(database)
    await database.open()
    jobs = Jobs(settings=settings, books=books, store=create(settings), render=render)
    listen = [QueueName(name) for name in plan.listen]
    await jobs.launch(listen=listen, door=OutboxDoor(story, Outbox(database)))
    print("ready", flush=True)
    ids = [job_id(number) for number in range(1, plan.jobs + 1)]
    for id in ids:
        await jobs.submit(REQUEST, id=id, owner=ASHA, reply_to="{}")
    for id in ids:
        while not (await jobs.get(id)).state.is_final:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        while (await jobs.get(id)).failure and not story.has_told("fail", id):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # what is final is told a moment later
    await jobs.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(work(Plan(**json.loads(sys.argv[1]))))
