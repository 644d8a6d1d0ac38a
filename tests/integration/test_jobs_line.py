"""The line under load: who goes first, what is told to those who wait, and when it is full."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbos import DBOS

from pipeline import errors
from pipeline.jobs import QueueName
from pipeline.jobs.queued import waiting
from pipeline.types import EngineName, JobId, JobState, Owner
from tests.integration.jobs_world import (
    RAVI,
    World,
    job_id,
    opened,
    settings_in,
    until,
    until_final,
)

LENGTHS_S = (30.0, 2.0, 14.0, 25.0, 6.0, 2.0, 29.0, 11.0, 3.0, 20.0, 8.0, 16.0)


async def test_a_full_line_takes_nothing_more_and_loses_nothing_that_it_took(
    tmp_path: Path,
) -> None:
    async with opened(settings_in(tmp_path, open_in_all=2)) as world:
        world.render.released.clear()
        await world.submit(1)
        await world.submit(2)

        with pytest.raises(errors.LineFull) as refused:
            await world.submit(3, RAVI)

        assert refused.value.values() == {"waiting": 2}
        with pytest.raises(errors.JobNotFound):
            await world.jobs.get(job_id(3))
        with pytest.raises(errors.ArtifactMissing):
            await world.jobs.request(job_id(3))
        assert (await world.submit(2)).state is not JobState.CANCELLED, "the same again is taken"
        world.render.released.set()
        await until_final(world, 1, 2)
        await world.submit(3, RAVI)
        await until_final(world, 3)
        assert [world.door.heard("deliver", job_id(n)) for n in (1, 2, 3)] == [1, 1, 1]


async def test_the_place_that_is_told_is_the_place_that_comes_short_ones_first(
    tmp_path: Path,
) -> None:
    lengths = iter((1.0, *LENGTHS_S))
    async with opened(settings_in(tmp_path), measure=lambda _: next(lengths)) as world:
        world.render.released.clear()
        await world.submit(1)
        await until(lambda: world.render.begun)
        numbers = range(2, 2 + len(LENGTHS_S))
        for number in numbers:
            await world.submit(number, Owner(f"telegram:{10 + number % 5}"))
        # Each lines up before it is announced.
        await until(lambda: all(world.door.heard("announce", job_id(n)) for n in numbers))

        places = {number: await place(world, number) for number in numbers}

        world.render.released.set()
        await until_final(world, *numbers, limit_s=60)
        made = [job for job in world.render.begun if job != job_id(1)]
        assert made == [job_id(number) for number in sorted(places, key=places.__getitem__)]
        assert sorted(places.values()) == list(range(1, len(LENGTHS_S) + 1))
        first_of_each = made[:5]
        assert first_of_each == sorted(first_of_each, key=length_of), "short ones first"


async def test_the_line_is_read_as_the_job_engine_lists_it(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path)) as world:
        world.render.released.clear()
        await world.submit(1)
        await until(lambda: world.render.begun)
        numbers = range(2, 8)
        for number in numbers:
            await world.submit(number, Owner(f"telegram:{number % 3}"))
        await until(lambda: all(world.door.heard("announce", job_id(n)) for n in numbers))

        listed = await DBOS.list_queued_workflows_async(status="ENQUEUED", load_input=False)
        look = await world.line.look(waiting)

        listed.sort(key=lambda w: (w.priority or 0, w.created_at or 0, w.workflow_id))
        renders = [w.workflow_id for w in listed if w.queue_name == QueueName.RENDERS_WARP]
        assert len(renders) == len(numbers)
        assert [f"{id}-render" for id in look.lines[EngineName.WARP]] == renders
        assert look.lines[EngineName.LATENTSYNC] == []
        assert set(look.tickets) == {job_id(n) for n in (1, *numbers)}
        world.render.released.set()
        await until_final(world, 1, *numbers)


async def place(world: World, number: int) -> int:
    standing = await world.jobs.standing(job_id(number))
    assert standing.position is not None
    return standing.position


def length_of(id: JobId) -> float:
    return LENGTHS_S[int(id.removeprefix("tg-")) - 2]
