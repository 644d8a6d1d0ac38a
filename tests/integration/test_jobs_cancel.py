"""Cancelling a job, at every moment: it is freed soon, never delivered, and only its owner may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.types import JobState, Progress, Stage
from tests.integration.jobs_world import (
    ASHA,
    RAVI,
    FakeRender,
    World,
    job_id,
    opened,
    result_of,
    settings_in,
    until,
    until_final,
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(settings_in(tmp_path)) as world:
        yield world


async def test_cancelled_while_queued_is_never_rendered(world: World) -> None:
    world.render.released.clear()
    await world.submit(1)
    await until(lambda: world.render.begun)
    await world.submit(2)
    await until(lambda: job_id(2) in world.door.positions)

    assert await world.jobs.cancel(job_id(2), by=ASHA)

    await until(lambda: world.door.heard("withdraw", job_id(2)))
    world.render.released.set()
    await until_final(world, 1)
    assert world.render.begun == [job_id(1)]
    assert (await world.jobs.get(job_id(2))).state is JobState.CANCELLED


async def test_cancelled_before_it_was_announced_says_nothing(world: World) -> None:
    job = await world.submit(1)
    await world.jobs.cancel(job.id, by=ASHA)
    await world.submit(2)
    await until_final(world, 2)

    assert ("deliver", job.id) not in world.door.said
    assert (await world.jobs.get(job.id)).state is JobState.CANCELLED
    assert world.door.heard("withdraw", job.id) == world.door.heard("announce", job.id)


async def test_cancelled_while_running_is_freed_within_two_seconds(world: World) -> None:
    world.render.released.clear()
    await world.submit(1)
    await until(lambda: world.render.begun)

    assert await world.jobs.cancel(job_id(1), by=ASHA)

    await until(lambda: world.render.cancelled, limit_s=2.0)
    await until(lambda: world.door.heard("withdraw", job_id(1)))
    world.render.released.set()
    await world.submit(2)
    await until_final(world, 2)
    assert world.door.heard("deliver", job_id(1)) == 0
    assert not await world.jobs.cancel(job_id(1), by=ASHA)


async def test_a_job_that_ends_while_it_is_cancelled_is_never_delivered(tmp_path: Path) -> None:
    class LateRender(FakeRender):
        """Finish although cancelled, as a video does that was just done."""

        async def __call__(self, request, id, on_progress):  # type: ignore[no-untyped-def]
            self.begun.append(id)
            try:
                await self.released.wait()
            except asyncio.CancelledError:
                self.cancelled.append(id)
            return result_of(id)

    render = LateRender()
    render.released.clear()
    async with opened(settings_in(tmp_path), render=render) as world:
        await world.submit(1)
        await until(lambda: render.begun)
        assert await world.jobs.cancel(job_id(1), by=ASHA)
        await until(lambda: world.door.heard("withdraw", job_id(1)))

        assert ("delivering", job_id(1)) not in world.door.said
        assert (await world.jobs.get(job_id(1))).state is JobState.CANCELLED


async def test_a_job_that_is_being_sent_cannot_be_cancelled(world: World) -> None:
    world.door.may_deliver.clear()
    await world.submit(1)
    await until(lambda: ("delivering", job_id(1)) in world.door.said)

    assert not await world.jobs.cancel(job_id(1), by=ASHA)
    assert await world.jobs.progress(job_id(1)) == Progress(stage=Stage.SENDING)
    world.door.may_deliver.set()

    await until_final(world, 1)
    assert (await world.jobs.get(job_id(1))).state is JobState.SUCCEEDED


async def test_nobody_else_can_cancel_a_job(world: World) -> None:
    world.render.released.clear()
    await world.submit(1, ASHA)

    with pytest.raises(errors.JobNotFound):
        await world.jobs.cancel(job_id(1), by=RAVI)
    with pytest.raises(errors.JobNotFound):
        await world.jobs.cancel(job_id(7), by=ASHA)

    world.render.released.set()
    await until_final(world, 1)
    assert (await world.jobs.get(job_id(1))).state is JobState.SUCCEEDED
