"""Jobs on the real engine, in a folder, with a door and a render function that tests can steer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.jobs import Jobs, Measure, QueueName
from pipeline.jobs.ports import LineRows, PaceRows
from pipeline.line import Standing
from pipeline.records import books_on
from pipeline.settings import JobsSettings, Settings, StoreSettings
from pipeline.store import create
from pipeline.store.database import Database
from pipeline.store.orders import Orders
from pipeline.types import (
    ArtifactKey,
    CopyKind,
    EngineName,
    Failure,
    Job,
    JobId,
    Owner,
    Progress,
    RenderRequest,
    RenderResult,
    Stage,
    TextScript,
)
from tests.agreed import CONSENT

ASHA, RAVI = Owner("telegram:1"), Owner("telegram:2")
REQUEST = RenderRequest(
    consent=CONSENT, portrait=ArtifactKey("drafts/a/portrait.png"), script=TextScript(text="नमस्ते")
)
BOTH = (QueueName.ORDERS, QueueName.RENDERS_WARP)


SPEECH_S = 2.5


def job_id(number: int) -> JobId:
    return JobId(f"tg-{number:012d}")


async def until(holds: Callable[[], object], *, limit_s: float = 20.0) -> None:
    """Wait until something holds; the test fails when it does not within the limit."""
    async with asyncio.timeout(limit_s):
        while not holds():  # noqa: ASYNC110  what is waited for knows no event
            await asyncio.sleep(0.02)


async def until_final(world: World, *numbers: int, limit_s: float = 20.0) -> None:
    async with asyncio.timeout(limit_s):
        for number in numbers:
            while not (await world.jobs.get(job_id(number))).state.is_final:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@dataclass
class FakeDoor:
    """Remember what was said; raise what the test put into ``errors`` for a verb, once each."""

    said: list[tuple[str, JobId]] = field(default_factory=list)
    positions: dict[JobId, int | None] = field(default_factory=dict)
    shown: list[tuple[JobId, Progress, int | None]] = field(default_factory=list)
    standings: list[tuple[JobId, Standing]] = field(default_factory=list)
    failures: dict[JobId, Failure] = field(default_factory=dict)
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    may_deliver: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_deliver.set()

    def heard(self, verb: str, id: JobId) -> int:
        return self.said.count((verb, id))

    def _say(self, verb: str, job: Job) -> None:
        if errors := self.errors.get(verb):
            raise errors.pop(0)
        self.said.append((verb, job.id))

    async def announce(self, job: Job, standing: Standing) -> str:
        self._say("announce", job)
        self.positions[job.id] = standing.position
        return f"message of {job.id}"

    async def show(self, job: Job, receipt: str, standing: Standing) -> None:
        assert receipt == f"message of {job.id}"
        self.shown.append((job.id, standing.progress, standing.position))
        self.standings.append((job.id, standing))

    async def show_preview(self, job: Job, receipt: str, preview: RenderResult) -> None:
        assert receipt == f"message of {job.id}"
        self._say("preview", job)

    async def deliver(self, job: Job, receipt: str) -> None:
        assert job.result is not None
        self.said.append(("delivering", job.id))
        await self.may_deliver.wait()
        self._say("deliver", job)

    async def deliver_copy(self, job: Job, kind: CopyKind, wish: int) -> None:
        self._say(f"{kind} {wish}", job)

    async def fail(self, job: Job, receipt: str, failure: Failure) -> None:
        self._say("fail", job)
        self.failures[job.id] = failure

    async def withdraw(self, job: Job, receipt: str) -> None:
        self._say("withdraw", job)


@dataclass
class FakeRender:
    """Wait until released, fail as told, count."""

    released: asyncio.Event = field(default_factory=asyncio.Event)
    errors: list[Exception] = field(default_factory=list)
    begun: list[JobId] = field(default_factory=list)
    cancelled: list[JobId] = field(default_factory=list)
    ended: list[JobId] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.released.set()

    async def __call__(
        self, request: RenderRequest, id: JobId, on_progress: Callable[[Progress], None]
    ) -> RenderResult:
        assert request == REQUEST
        self.begun.append(id)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            on_progress(Progress(stage=Stage.SYNCING, fraction=0.25))
            await self.released.wait()
            if self.errors:
                raise self.errors.pop(0)
        except asyncio.CancelledError:
            self.cancelled.append(id)
            raise
        finally:
            self.at_once -= 1
        self.ended.append(id)
        return result_of(id)


def result_of(id: JobId) -> RenderResult:
    return RenderResult(
        video=ArtifactKey(f"jobs/{id}/out.mp4"),
        thumbnail=ArtifactKey(f"jobs/{id}/thumb.jpg"),
        width_px=512,
        height_px=512,
        duration_s=2.5,
        size_bytes=1000,
        made_by=EngineName.WARP,
        engine_reason="the test asked for it",
        voice_id=None,
        requested_voice_id=None,
        timings_s={Stage.SYNCING: 1.5},
    )


@dataclass
class World:
    """One launched ``Jobs`` and everything it was given."""

    jobs: Jobs
    orders: Orders
    door: FakeDoor
    render: FakeRender
    settings: Settings
    line: LineRows
    paces: PaceRows

    async def submit(self, number: int, owner: Owner = ASHA) -> Job:
        return await self.jobs.submit(REQUEST, id=job_id(number), owner=owner, reply_to="{}")


DATABASE_FILE = "database.url"


def name_database(folder: Path, url: str) -> None:
    """Let everything that works in this folder, other processes too, use this database."""
    (folder / DATABASE_FILE).write_text(url)


def settings_in(
    folder: Path,
    *,
    executor: str = "here",
    database: str = "",
    open_per_owner: int = 3,
    open_in_all: int = 200,
) -> Settings:
    named = folder / DATABASE_FILE
    return Settings(
        data_dir=folder,
        jobs=JobsSettings(
            executor=executor,
            database=database or (named.read_text() if named.exists() else ""),
            poll_s=0.1,
            sweep_s=0.3,
            open_per_owner=open_per_owner,
            open_in_all=open_in_all,
        ),
        store=StoreSettings(min_free_bytes=0),
    )


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    door: FakeDoor | None = None,
    render: FakeRender | None = None,
    listen: Sequence[QueueName] = BOTH,
    measure: Measure = lambda _: SPEECH_S,
    orders: type[Orders] = Orders,
) -> AsyncIterator[World]:
    if not settings.jobs.database:
        await _prepare(settings.data_dir / "bolti.db")
    database = Database(settings.database_url)
    books = replace(books_on(database), orders=orders(database))
    await database.open()
    door, render = door or FakeDoor(), render or FakeRender()
    jobs = Jobs(
        settings=settings,
        books=books,
        store=create(settings),
        render=render,
        measure=measure,
    )
    try:
        await jobs.launch(listen=listen, door=door)
        yield World(jobs, Orders(database), door, render, settings, books.line, books.paces)
    finally:
        await jobs.close()
        await database.close()


_prepared: list[bytes] = []


async def _prepare(path: Path) -> None:
    """Put a database there that has its tables and queues: it spares each test a second."""
    if path.exists():
        return
    if not _prepared:
        _prepared.append(b"")
        async with opened(settings_in(path.parent)):
            pass
        _prepared[0] = await asyncio.to_thread(path.read_bytes)
    await asyncio.to_thread(path.write_bytes, _prepared[0])
