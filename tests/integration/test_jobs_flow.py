"""Jobs on the real engine: accepted once, in a fair line, one at a time, shown and delivered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.types import CopyKind, JobState, Progress, Stage
from tests.integration.jobs_world import (
    ASHA,
    RAVI,
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


async def test_a_job_is_announced_rendered_and_delivered_once(world: World) -> None:
    job = await world.submit(1)

    await until(lambda: ("deliver", job.id) in world.door.said)

    assert world.door.said == [("announce", job.id), ("delivering", job.id), ("deliver", job.id)]
    await until_final(world, 1)
    done = await world.jobs.get(job.id)
    assert done.state is JobState.SUCCEEDED
    assert done.result == result_of(job.id)
    assert await world.jobs.progress(job.id) is None
    assert await world.jobs.position(job.id) is None


async def test_submitted_twice_runs_once(world: World) -> None:
    first, second = await asyncio.gather(world.submit(1), world.submit(1))
    await until_final(world, 1)
    third = await world.submit(1)
    await world.submit(2)
    await until_final(world, 2)

    assert first.id == second.id == third.id
    assert third.state is JobState.SUCCEEDED
    assert world.render.begun == [job_id(1), job_id(2)]
    assert world.door.heard("deliver", job_id(1)) == 1


async def test_a_second_order_of_one_owner_is_announced_at_once_with_its_place(
    world: World,
) -> None:
    world.render.released.clear()
    await world.submit(1)
    await until(lambda: world.render.begun)

    await world.submit(2)
    await world.submit(3)
    await until(lambda: len(world.door.positions) == 3)

    assert world.door.positions[job_id(2)] == 1
    assert await world.jobs.position(job_id(1)) is None
    assert await world.jobs.position(job_id(2)) == 1
    assert await world.jobs.position(job_id(3)) == 2
    assert [job.id for job in await world.jobs.of_owner(ASHA)] == [job_id(n) for n in (1, 2, 3)]


async def test_another_owners_first_order_goes_before_ones_second(world: World) -> None:
    world.render.released.clear()
    await world.submit(1, ASHA)
    await until(lambda: world.render.begun)

    await world.submit(2, ASHA)
    await world.submit(3, RAVI)
    await until(lambda: len(world.door.positions) == 3)
    world.render.released.set()
    await until_final(world, 1, 2, 3)

    assert world.render.begun == [job_id(1), job_id(3), job_id(2)]


async def test_one_render_runs_at_a_time(world: World) -> None:
    for number, owner in ((1, ASHA), (2, ASHA), (3, RAVI), (4, RAVI)):
        await world.submit(number, owner)
    await until_final(world, 1, 2, 3, 4)

    assert len(world.render.ended) == 4
    assert world.render.most_at_once == 1


async def test_progress_is_shown_while_it_moves(world: World) -> None:
    world.render.released.clear()
    job = await world.submit(1)
    moving = Progress(stage=Stage.SYNCING, fraction=0.25)

    await until(lambda: (job.id, moving, None) in world.door.shown)
    assert await world.jobs.progress(job.id) == moving
    world.render.released.set()
    await until_final(world, 1)

    shown = len(world.door.shown)
    assert len({repr(s) for s in world.door.shown}) == shown, "the same thing was shown twice"


async def test_more_than_the_limit_is_refused_until_one_ends(world: World) -> None:
    world.render.released.clear()
    results = await asyncio.gather(*(world.submit(n) for n in range(1, 6)), return_exceptions=True)

    refused = [r for r in results if isinstance(r, errors.TooManyJobs)]
    assert len(refused) == 2
    assert len(await world.jobs.of_owner(ASHA)) == 3
    await world.submit(9, RAVI)  # somebody else's limit is somebody else's
    world.render.released.set()
    accepted = [r.id for r in results if not isinstance(r, BaseException)]
    await until(lambda: all(world.door.heard("deliver", id) for id in accepted))


async def test_deliver_again_delivers_once_per_attempt(world: World) -> None:
    await world.submit(1)
    await until_final(world, 1)

    await world.jobs.deliver_again(job_id(1), 2)
    await world.jobs.deliver_again(job_id(1), 2)
    await until(lambda: world.door.heard("deliver", job_id(1)) == 2)
    await world.jobs.deliver_again(job_id(1), 3)
    await until(lambda: world.door.heard("deliver", job_id(1)) == 3)

    assert world.render.begun == [job_id(1)]


async def test_a_file_is_delivered_once_per_wish_and_tried_while_that_can_help(
    world: World,
) -> None:
    await world.submit(1)
    await until_final(world, 1)
    world.door.errors["file 7"] = [errors.DeliveryDelayed("not now", retry_after_s=0.01)]

    await world.jobs.deliver_copy(job_id(1), CopyKind.FILE, 7)
    await world.jobs.deliver_copy(job_id(1), CopyKind.FILE, 7)
    await world.jobs.deliver_copy(job_id(1), CopyKind.FILE, 8)
    await until(
        lambda: world.door.heard("file 7", job_id(1)) and world.door.heard("file 8", job_id(1))
    )

    assert world.door.heard("file 7", job_id(1)) == 1
    assert world.door.heard("deliver", job_id(1)) == 1
