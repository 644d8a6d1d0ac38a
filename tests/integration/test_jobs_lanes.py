"""An engine's own line: who can, renders; who cannot, makes a preview meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from pipeline import errors, metrics
from pipeline.jobs import QueueName
from pipeline.store.database import Database
from pipeline.store.workers import WORKERS
from pipeline.types import (
    EngineChoice,
    EngineName,
    JobId,
    JobState,
    Progress,
    RenderRequest,
    RenderResult,
)
from tests.integration.jobs_world import (
    ASHA,
    REQUEST,
    FakeDoor,
    FakeRender,
    World,
    job_id,
    opened,
    result_of,
    settings_in,
    until,
    until_final,
)

BOT_AND_CPU = (QueueName.ORDERS, QueueName.RENDERS_WARP)
ALL = (*BOT_AND_CPU, QueueName.RENDERS_LATENTSYNC)


class TwoStudios(FakeRender):
    """Notes previews apart from videos."""

    def __init__(self) -> None:
        super().__init__()
        self.previews: list[JobId] = []
        self.preview_error: errors.BoltiError | None = None

    async def __call__(
        self, request: RenderRequest, id: JobId, on_progress: Callable[[Progress], None]
    ) -> RenderResult:
        if request.preview:
            if self.preview_error is not None:
                raise self.preview_error
            self.previews.append(id)
            return result_of(id)
        return await super().__call__(REQUEST, id, on_progress)


def previews_counted(code: str) -> float:
    labels = {"making": "preview", "code": code}
    return metrics.REGISTRY.get_sample_value("bolti_renders_total", labels) or 0.0


async def test_a_waiting_video_gets_one_preview_and_then_its_video(tmp_path: Path) -> None:
    render, counted = TwoStudios(), previews_counted("ok")
    render.released.clear()
    async with opened(settings_in(tmp_path), render=render, listen=ALL) as world:
        await world.submit(1)
        await until(lambda: world.door.heard("preview", job_id(1)))
        assert world.door.heard("deliver", job_id(1)) == 0
        render.released.set()
        await until_final(world, 1)

        assert render.previews == [job_id(1)]
        assert previews_counted("ok") == counted + 1
        assert world.door.heard("preview", job_id(1)) == 1
        assert world.door.heard("deliver", job_id(1)) == 1
        assert world.door.said.index(("preview", job_id(1))) < world.door.said.index(
            ("deliver", job_id(1))
        )


async def test_without_a_gpu_worker_the_cpu_makes_the_video_and_no_preview(
    tmp_path: Path,
) -> None:
    render = TwoStudios()
    async with opened(settings_in(tmp_path), render=render, listen=BOT_AND_CPU) as world:
        await world.submit(1)
        await until_final(world, 1)

        assert render.begun == [job_id(1)]
        assert render.previews == []


async def test_who_waits_for_a_gpu_that_is_gone_for_good_gets_the_cpu(tmp_path: Path) -> None:
    async with opened(
        settings_in(tmp_path, executor="gpu1"), listen=(QueueName.RENDERS_LATENTSYNC,)
    ):
        pass  # it was there a moment ago
    render = TwoStudios()
    async with opened(settings_in(tmp_path), render=render, listen=BOT_AND_CPU) as world:
        insists = replace(REQUEST, engine=EngineChoice.LATENTSYNC)
        await world.submit(1)
        await world.jobs.submit(insists, id=job_id(2), owner=ASHA, reply_to="{}")
        await until(lambda: world.door.heard("preview", job_id(1)))
        assert render.begun == []

        await last_seen(world, "gpu1", datetime.now(UTC) - timedelta(minutes=10))
        await until_final(world, 1)

        assert render.begun == [job_id(1)]
        assert world.door.heard("deliver", job_id(1)) == 1
        assert (await world.jobs.get(job_id(2))).state is JobState.QUEUED
        assert (await world.jobs.standing(job_id(2))).is_stranded

        assert await world.jobs.make_quickly(job_id(2), by=ASHA)
        await until_final(world, 2)

        assert render.begun == [job_id(1), job_id(2)]
        assert (await world.jobs.request(job_id(2))).engine is EngineChoice.WARP
        assert not await world.jobs.make_quickly(job_id(2), by=ASHA), "it is made"


async def test_who_insists_on_a_gpu_that_was_never_there_waits_and_does_not_fail(
    tmp_path: Path,
) -> None:
    render = TwoStudios()
    async with opened(settings_in(tmp_path), render=render, listen=BOT_AND_CPU) as world:
        insists = replace(REQUEST, engine=EngineChoice.LATENTSYNC)
        await world.jobs.submit(insists, id=job_id(1), owner=ASHA, reply_to="{}")
        await until(lambda: any(s.is_stranded for _, s in world.door.standings))

        assert render.begun == []
        assert (await world.jobs.get(job_id(1))).state is JobState.QUEUED
        await world.jobs.cancel(job_id(1), by=ASHA)
        await until(lambda: world.door.heard("withdraw", job_id(1)))


async def last_seen(world: World, executor: str, at: datetime) -> None:
    database = Database(world.settings.database_url)
    await database.open()
    change = sa.update(WORKERS).where(WORKERS.c.executor == executor).values(seen_at=at)
    await database.write(lambda connection: connection.execute(change).rowcount)
    await database.close()


async def test_who_asks_for_warp_waits_for_no_gpu(tmp_path: Path) -> None:
    render = TwoStudios()
    async with opened(settings_in(tmp_path), render=render, listen=ALL) as world:
        request = replace(REQUEST, engine=EngineChoice.WARP)
        await world.jobs.submit(request, id=job_id(1), owner=ASHA, reply_to="{}")
        await until_final(world, 1)

        ticket = await world.line.ticket(job_id(1))
        assert ticket is not None
        assert ticket.lane is EngineName.WARP
        assert render.previews == []


async def test_a_preview_that_fails_is_nobodys_business(tmp_path: Path) -> None:
    render, counted = TwoStudios(), previews_counted("render_failed")
    render.preview_error = errors.RenderFailed("no sketch today")
    render.released.clear()
    async with opened(settings_in(tmp_path), render=render, listen=ALL) as world:
        await world.submit(1)
        await until(lambda: render.begun)
        await until(lambda: previews_counted("render_failed") == counted + 1)
        render.released.set()
        await until_final(world, 1)

        assert (await world.jobs.get(job_id(1))).state is JobState.SUCCEEDED
        assert world.door.heard("preview", job_id(1)) == 0


async def test_a_preview_is_shown_again_after_a_restart_and_the_video_comes_once(
    tmp_path: Path,
) -> None:
    settings, door, render = settings_in(tmp_path), FakeDoor(), TwoStudios()
    render.released.clear()
    async with opened(settings, door=door, render=render, listen=ALL) as world:
        await world.submit(1)
        await until(lambda: door.heard("preview", job_id(1)))

    async with opened(settings, door=door, render=render, listen=ALL) as world:
        await until(lambda: door.heard("preview", job_id(1)) == 2)
        render.released.set()
        await until_final(world, 1)
    assert render.previews == [job_id(1)]
    assert door.heard("deliver", job_id(1)) == 1


async def test_a_cancelled_job_is_cancelled_in_both_lines(tmp_path: Path) -> None:
    render = TwoStudios()
    render.released.clear()
    async with opened(settings_in(tmp_path), render=render, listen=ALL) as world:
        await world.submit(1)
        await until(lambda: render.begun)
        await world.jobs.cancel(job_id(1), by=ASHA)
        await until(lambda: world.door.heard("withdraw", job_id(1)))

        assert (await world.jobs.get(job_id(1))).state is JobState.CANCELLED
        await until(lambda: render.cancelled)


async def test_workers_say_what_they_render_and_whether_they_live(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path, executor="gpu1"), listen=ALL) as world:
        cards = {card.executor: card for card in await world.jobs.workers()}
        assert cards["gpu1"].is_alive
        assert set(cards["gpu1"].lanes) == set(EngineName)

    async with opened(settings_in(tmp_path, executor="cpu1"), listen=BOT_AND_CPU) as world:
        alive = {card.executor: card.is_alive for card in await world.jobs.workers()}
        assert (alive["gpu1"], alive["cpu1"]) == (False, True)


async def test_the_time_told_comes_from_what_this_deployment_took(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path), listen=BOT_AND_CPU) as world:
        await world.submit(1)
        await until_final(world, 1)
        world.render.released.clear()
        await world.submit(2)
        await until(lambda: len(world.render.begun) == 2)
        assert (await world.jobs.standing(job_id(2))).eta is None, "one render tells nothing"

        for _ in range(3):
            await world.paces.add(EngineName.WARP, speech_s=1, took_s=4)
        await world.submit(3)
        await until(lambda: job_id(3) in world.door.positions)

        def has_eta() -> bool:
            return any(id == job_id(3) and s.eta for id, s in world.door.standings)

        await until(has_eta)
        eta = (await world.jobs.standing(job_id(3))).eta
        assert eta is not None
        assert 0 < eta.low_s <= eta.high_s
