"""Jobs on the real engine: what people get from submit, cancel, retries and limits."""

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
    await world.submit(1)
    await world.submit(2)
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


async def test_a_delivery_that_has_a_bug_is_told(world: World) -> None:
    world.door.errors["deliver"] = [ZeroDivisionError()]
    await world.submit(1)
    await until(lambda: job_id(1) in world.door.failures)

    assert world.door.failures[job_id(1)].code == "internal"
    assert (await world.jobs.get(job_id(1))).state is JobState.FAILED


async def test_deliver_again_delivers_once_per_attempt(world: World) -> None:
    await world.submit(1)
    await until_final(world, 1)

    await world.jobs.deliver_again(job_id(1), 2)
    await world.jobs.deliver_again(job_id(1), 2)
    await until(lambda: world.door.heard("deliver", job_id(1)) == 2)
    await world.jobs.deliver_again(job_id(1), 3)
    await until(lambda: world.door.heard("deliver", job_id(1)) == 3)

    assert world.render.begun == [job_id(1)]
