"""The job engine forgets work that ended, and nothing that anybody may still ask for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dbos import DBOS, WorkflowHandleAsync

from pipeline.jobs.past import delete_past
from pipeline.types import JobState
from tests.integration.jobs_world import World, job_id, opened, settings_in, until, until_final

SOON = timedelta(hours=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(settings_in(tmp_path)) as world:
        yield world


async def known() -> set[str]:
    """Name what the engine knows."""
    return {w.workflow_id for w in await DBOS.list_workflows_async(load_input=False)}


async def until_ended(world: World, number: int) -> None:
    """Wait for the order and for its workflow, which ends a moment later."""
    await until_final(world, number)
    async with asyncio.timeout(20):
        handle: WorkflowHandleAsync[None] = await DBOS.retrieve_workflow_async(job_id(number))
        await handle.get_result(polling_interval_sec=0.02)


async def pruned(world: World, before: datetime) -> int:
    url, needed = world.settings.database_url, world.orders.still_needed
    return await delete_past(url, needed, before, batch=2, pause_s=0)


async def test_what_ended_goes_when_it_is_old_and_open_orders_keep_everything(
    world: World,
) -> None:
    for number in (1, 2):
        await world.submit(number)
        await until_ended(world, number)
    world.render.released.clear()
    await world.submit(3)
    await until(lambda: job_id(3) in world.render.begun)
    now = datetime.now(UTC)

    young = await pruned(world, now - SOON)
    old = await pruned(world, now + SOON)

    assert young == 0
    assert old == 4
    assert await known() == {job_id(3), f"{job_id(3)}-render"}
    world.render.released.set()
    await until_final(world, 3)
    assert world.door.heard("deliver", job_id(3)) == 1


async def test_a_request_that_comes_again_after_that_is_not_made_again(world: World) -> None:
    await world.submit(1)
    await until_ended(world, 1)
    assert await pruned(world, datetime.now(UTC) + SOON) == 2

    job = await world.submit(1)

    assert job.state is JobState.SUCCEEDED
    assert await known() == set()
    assert world.render.begun == [job_id(1)]
