"""What operators do to the line: pause, drain, resume, cancel and retry anybody's job."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.jobs import requests
from pipeline.line import LineMode
from pipeline.store import create
from pipeline.types import JobState, Owner
from tests.integration.jobs_world import (
    ASHA,
    RAVI,
    FakeDoor,
    FakeRender,
    World,
    job_id,
    opened,
    settings_in,
    until,
    until_final,
)

ADMIN = Owner("telegram:99")


async def until_two_stand_in_line(world: World) -> None:
    """Wait for the first two places. Two of one second may stand either way round."""

    async def places() -> list[int]:
        told = [await world.jobs.position(job_id(number)) for number in (1, 2)]
        return sorted(place for place in told if place is not None)

    async with asyncio.timeout(20):
        while await places() != [1, 2]:  # noqa: ASYNC110  in the database
            await asyncio.sleep(0.02)


async def test_a_paused_line_keeps_its_places_and_goes_on_when_resumed(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path)) as world:
        await world.jobs.pause(by=ADMIN)
        await world.submit(1)
        await world.submit(2, RAVI)
        await until(lambda: len(world.door.positions) == 2)

        await until_two_stand_in_line(world)
        standing = await world.jobs.standing(job_id(2))
        assert (standing.is_paused, standing.eta) == (True, None)
        assert world.render.begun == []

        await world.jobs.resume(by=ADMIN)
        await until_final(world, 1, 2)
        assert sorted(world.render.begun) == [job_id(1), job_id(2)]


async def test_a_pause_outlives_a_restart(tmp_path: Path) -> None:
    settings, render = settings_in(tmp_path), FakeRender()
    async with opened(settings, render=render) as world:
        await world.jobs.pause(by=ADMIN)
        await world.submit(1)

    async with opened(settings, render=render) as world:
        line = await world.jobs.mode()
        assert (line.mode, line.by) == (LineMode.PAUSED, ADMIN)
        await world.submit(2)
        await until_two_stand_in_line(world)
        assert render.begun == []
        await world.jobs.resume(by=ADMIN)
        await until_final(world, 1, 2)


async def test_a_paused_line_finishes_what_runs(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path)) as world:
        world.render.released.clear()
        await world.submit(1)
        await until(lambda: world.render.begun)
        await world.jobs.pause(by=ADMIN)
        world.render.released.set()
        await until_final(world, 1)
        assert world.door.heard("deliver", job_id(1)) == 1


async def test_a_draining_line_takes_nothing_new_and_finishes_the_rest(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with opened(settings) as world:
        world.render.released.clear()
        await world.submit(1)
        await world.jobs.drain(by=ADMIN)

        with pytest.raises(errors.IntakeClosed):
            await world.submit(2)
        with pytest.raises(errors.ArtifactMissing):
            await create(settings).read(requests.request_key(job_id(2)))
        assert (await world.submit(1)).id == job_id(1), "what was accepted stays accepted"
        world.render.released.set()
        await until_final(world, 1)

        await world.jobs.drain(by=ADMIN, note="Back at 6 pm.")
        with pytest.raises(errors.UnderMaintenance) as told:
            await world.submit(2)
        assert told.value.values() == {"note": "Back at 6 pm."}

        await world.jobs.resume(by=ADMIN)
        assert (await world.jobs.mode()).note == ""
        await world.submit(2)
        await until_final(world, 2)


async def test_who_is_entitled_cancels_anybodys_job_and_is_recorded(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path)) as world:
        world.render.released.clear()
        await world.submit(1, ASHA)
        await until(lambda: world.render.begun)

        with pytest.raises(errors.JobNotFound):
            await world.jobs.cancel(job_id(1), by=RAVI)
        assert await world.jobs.cancel(job_id(1), by=ADMIN, entitled=True)

        await until(lambda: world.door.heard("withdraw", job_id(1)))
        told = [(event.what, event.by) for event in await world.jobs.timeline(job_id(1))]
        assert told[0] == ("accepted", "")
        assert ("render begun", "here") in told
        assert told[-1] == ("cancelled", ADMIN)


async def test_a_failed_job_is_made_anew_when_an_operator_asks(tmp_path: Path) -> None:
    render = FakeRender(errors=[errors.ScriptTooLong(90.0, 60.0)])
    async with opened(settings_in(tmp_path), render=render) as world:
        await world.submit(1)
        await until(lambda: job_id(1) in world.door.failures)

        assert await world.jobs.retry(job_id(1), by=ADMIN)
        await until(lambda: world.door.heard("deliver", job_id(1)))
        await until_final(world, 1)

        assert (await world.jobs.get(job_id(1))).state is JobState.SUCCEEDED
        assert render.begun == [job_id(1)] * 2
        assert world.door.heard("announce", job_id(1)) == 2
        told = [(event.what, event.by) for event in await world.jobs.timeline(job_id(1))]
        assert ("failed", "") in told
        assert ("retried", ADMIN) in told
        assert not await world.jobs.retry(job_id(1), by=ADMIN), "it has its video"


async def test_two_who_retry_at_once_start_one_try(tmp_path: Path) -> None:
    render = FakeRender(errors=[errors.ScriptTooLong(90.0, 60.0)])
    async with opened(settings_in(tmp_path), render=render) as world:
        await world.submit(1)
        await until(lambda: job_id(1) in world.door.failures)
        render.released.clear()

        assert await world.jobs.retry(job_id(1), by=ADMIN)
        assert await world.jobs.retry(job_id(1), by=RAVI)
        render.released.set()
        await until_final(world, 1)

        assert render.begun == [job_id(1)] * 2
        assert world.door.heard("deliver", job_id(1)) == 1


async def test_a_retried_job_survives_a_restart(tmp_path: Path) -> None:
    settings, door = settings_in(tmp_path), FakeDoor()
    render = FakeRender(errors=[errors.ScriptTooLong(90.0, 60.0)])
    async with opened(settings, door=door, render=render) as world:
        await world.submit(1)
        await until(lambda: job_id(1) in door.failures)
        render.released.clear()
        await world.jobs.retry(job_id(1), by=ADMIN)
        await until(lambda: len(render.begun) == 2)

    render.released.set()
    async with opened(settings, door=door, render=render) as world:
        await until_final(world, 1)
        assert door.heard("deliver", job_id(1)) == 1


async def test_a_job_whose_request_is_gone_cannot_be_retried(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    render = FakeRender(errors=[errors.ScriptTooLong(90.0, 60.0)])
    async with opened(settings, render=render) as world:
        await world.submit(1)
        await until(lambda: job_id(1) in world.door.failures)
        await create(settings).delete(requests.request_key(job_id(1)))

        with pytest.raises(errors.ArtifactMissing):
            await world.jobs.retry(job_id(1), by=ADMIN)
        assert (await world.jobs.get(job_id(1))).state is JobState.FAILED
