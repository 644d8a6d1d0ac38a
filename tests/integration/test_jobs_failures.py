"""What goes wrong with a job: tried again when it can help, told when not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.types import JobState
from tests.integration.jobs_world import (
    RAVI,
    World,
    job_id,
    opened,
    settings_in,
    until,
    until_final,
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(settings_in(tmp_path)) as world:
        yield world


async def test_a_died_child_is_tried_again(world: World) -> None:
    world.render.errors = [errors.ChildDied("render", -9), errors.ChildTimedOut("render", 3)]
    await world.submit(1)
    await until_final(world, 1)

    assert len(world.render.begun) == 3
    assert world.door.heard("deliver", job_id(1)) == 1


async def test_a_child_that_always_dies_fails_after_its_attempts(world: World) -> None:
    world.render.errors = [errors.ChildDied("render", -9) for _ in range(5)]
    await world.submit(1)
    await until(lambda: job_id(1) in world.door.failures)

    assert len(world.render.begun) == 3
    assert world.door.failures[job_id(1)].code == "child_died"
    failed = await world.jobs.get(job_id(1))
    assert (failed.state, failed.failure) == (JobState.FAILED, world.door.failures[job_id(1)])


async def test_an_unusable_photo_is_not_tried_again(world: World) -> None:
    world.render.errors = [errors.ScriptTooLong(90.0, 60.0)]
    await world.submit(1)
    await until(lambda: job_id(1) in world.door.failures)

    assert len(world.render.begun) == 1
    assert world.door.failures[job_id(1)].code == "script_too_long"
    assert world.door.failures[job_id(1)].values == {"duration_s": 90, "limit_s": 60}


async def test_a_bug_ends_its_job_and_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.render.errors = [ZeroDivisionError("a secret word")]
    world.render.released.clear()
    await world.submit(1)
    await until(lambda: world.render.begun)
    await world.submit(2)
    world.render.released.set()
    await until(lambda: job_id(1) in world.door.failures)
    await until_final(world, 2)

    assert world.door.failures[job_id(1)].code == "internal"
    assert "secret" not in world.door.failures[job_id(1)].detail
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_door_that_is_shut_is_tried_again(world: World) -> None:
    for verb in ("announce", "deliver"):
        world.door.errors[verb] = [errors.DeliveryDelayed("the network is down")]
    await world.submit(1)
    await until_final(world, 1)

    assert world.door.heard("announce", job_id(1)) == 1
    assert world.door.heard("deliver", job_id(1)) == 1


async def test_an_owner_who_cannot_be_reached_costs_no_render(world: World) -> None:
    world.render.released.clear()
    await world.submit(1, RAVI)
    await until(lambda: world.render.begun)
    world.door.errors["announce"] = [errors.JobError("blocked")]
    await world.submit(2)
    await until_final(world, 2)
    world.render.released.set()
    await until_final(world, 1)

    assert (await world.jobs.get(job_id(2))).state is JobState.FAILED
    assert world.render.begun == [job_id(1)]
    assert world.door.failures == {}


async def test_an_announcement_that_has_a_bug_ends_in_words(world: World) -> None:
    world.door.errors["announce"] = [ZeroDivisionError()]
    await world.submit(1)
    await until(lambda: job_id(1) in world.door.failures)

    assert world.door.failures[job_id(1)].code == "internal"
    assert (await world.jobs.get(job_id(1))).state is JobState.FAILED


async def test_a_delivery_that_has_a_bug_is_told(world: World) -> None:
    world.door.errors["deliver"] = [ZeroDivisionError()]
    await world.submit(1)
    await until(lambda: job_id(1) in world.door.failures)

    assert world.door.failures[job_id(1)].code == "internal"
    assert (await world.jobs.get(job_id(1))).state is JobState.FAILED
