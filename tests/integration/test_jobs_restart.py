"""Jobs across orderly ends and beginnings, and what fell between two transactions."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from dbos import DBOS

from pipeline import errors
from pipeline.jobs import requests
from pipeline.line import OpenLimits
from pipeline.store import create
from pipeline.store.orders import Orders
from pipeline.types import JobId, JobState, Stage
from tests.integration.jobs_world import (
    ASHA,
    REQUEST,
    FakeDoor,
    FakeRender,
    job_id,
    opened,
    settings_in,
    until,
    until_final,
)


async def test_closed_in_the_render_it_goes_on_at_the_next_start(tmp_path: Path) -> None:
    settings, door, render = settings_in(tmp_path), FakeDoor(), FakeRender()
    render.released.clear()
    async with opened(settings, door=door, render=render) as world:
        await world.submit(1)
        # Shown is what was announced on record: a close before that may announce it once more.
        await until(lambda: render.begun and door.shown)
    assert render.cancelled == [job_id(1)], "the closed process left its render running"

    render.released.set()
    async with opened(settings, door=door, render=render) as world:
        await until_final(world, 1)

    assert door.said == [(verb, job_id(1)) for verb in ("announce", "delivering", "deliver")]


async def test_closing_waits_for_a_delivery_under_way(tmp_path: Path) -> None:
    door = FakeDoor()
    door.may_deliver.clear()
    async with opened(settings_in(tmp_path), door=door) as world:
        await world.submit(1)
        await until(lambda: ("delivering", job_id(1)) in door.said)
        asyncio.get_running_loop().call_later(0.5, door.may_deliver.set)

    assert door.heard("deliver", job_id(1)) == 1


async def test_the_loop_works_after_closing(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path)):
        pass

    assert await asyncio.to_thread(lambda: 1) == 1


async def test_two_engines_in_one_process_are_refused(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path, executor="one")) as world:
        with pytest.raises(RuntimeError, match="one per process"):
            async with opened(settings_in(tmp_path, executor="two")):
                pytest.fail("DBOS has one registry")
        await world.submit(1)
        await until_final(world, 1)


async def test_an_order_without_a_workflow_is_picked_up(tmp_path: Path) -> None:
    """A crash between the row and the enqueue, and nobody who asks again."""
    settings = settings_in(tmp_path)
    async with opened(settings, listen=()) as world:
        store = create(settings)
        await store.put_bytes(requests.dump(REQUEST), requests.request_key(job_id(1)))
        await world.orders.add(
            job_id(1),
            owner=ASHA,
            reply_to="{}",
            limits=OpenLimits(owner=3),
        )

    async with opened(settings) as world:
        await until_final(world, 1)
        assert world.door.heard("deliver", job_id(1)) == 1


async def test_what_was_announced_on_record_is_announced_no_second_time(tmp_path: Path) -> None:
    """A crash between the row and the engine's own record of the step."""
    settings = settings_in(tmp_path)
    async with opened(settings, listen=()) as world:
        await world.submit(1)
        await world.orders.keep_receipt(job_id(1), f"message of {job_id(1)}")

    async with opened(settings) as world:
        await until_final(world, 1)

        assert world.door.heard("announce", job_id(1)) == 0
        assert world.door.heard("deliver", job_id(1)) == 1


class Forgetful(Orders):
    """Cannot keep the first receipt: the database has just gone away."""

    forgot = 0

    async def keep_receipt(self, id: JobId, receipt: str) -> None:
        if not self.forgot:
            self.forgot += 1
            raise errors.StoreUnavailable("away")
        await super().keep_receipt(id, receipt)


async def test_a_receipt_that_cannot_be_kept_is_kept_later_and_nothing_said_twice(
    tmp_path: Path,
) -> None:
    async with opened(settings_in(tmp_path), orders=Forgetful) as world:
        await world.submit(1)
        await until_final(world, 1)

        assert await world.orders.receipt(job_id(1)) == f"message of {job_id(1)}"
        assert world.door.heard("announce", job_id(1)) == 1


async def test_an_order_whose_workflow_ended_without_it_is_told(tmp_path: Path) -> None:
    """A bug in the engine or a hand in its tables: no order stays open for ever."""
    settings = settings_in(tmp_path)
    async with opened(settings, listen=()) as world:
        await world.submit(1)
        await world.orders.keep_receipt(job_id(1), f"message of {job_id(1)}")
        await DBOS.cancel_workflow_async(job_id(1))

    async with opened(settings) as world:
        await until(lambda: job_id(1) in world.door.failures)
        assert world.door.failures[job_id(1)].code == "internal"
        await until_final(world, 1)
        assert (await world.jobs.get(job_id(1))).state is JobState.FAILED


async def test_an_order_that_ended_before_it_was_announced_is_told_too(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with opened(settings, listen=()) as world:
        await world.submit(1)
        await DBOS.cancel_workflow_async(job_id(1))

    async with opened(settings) as world:
        await until_final(world, 1)
        assert world.door.heard("fail", job_id(1)) == 1


async def test_a_request_that_is_gone_fails_with_its_reason(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with opened(settings, listen=()) as world:
        await world.submit(1)
        await create(settings).delete(requests.request_key(job_id(1)))

    async with opened(settings) as world:
        await until(lambda: job_id(1) in world.door.failures)
        assert world.door.failures[job_id(1)].code == errors.ArtifactMissing.code


async def test_a_job_of_an_idle_line_is_queued_not_lost(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path), listen=()) as world:
        await world.submit(1)
        await world.submit(2)

        assert await world.jobs.position(job_id(1)) == 1
        assert (await world.jobs.get(job_id(1))).state is JobState.QUEUED
        progress = await world.jobs.progress(job_id(1))
        assert progress is not None
        assert progress.stage is Stage.WAITING


async def test_nothing_of_the_request_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    render = FakeRender()
    render.errors = [errors.ChildDied("render", -9), ZeroDivisionError("नमस्ते")]
    async with opened(settings_in(tmp_path), render=render) as world:
        await world.submit(1)
        await until(lambda: job_id(1) in world.door.failures)
        await world.submit(2)
        await until_final(world, 2)
        await world.jobs.cancel(job_id(2), by=ASHA)

    assert "ZeroDivisionError" in caplog.text
    assert "नमस्ते" not in caplog.text
    assert REQUEST.portrait not in caplog.text


async def test_cancelling_a_running_job_logs_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    render = FakeRender()
    render.released.clear()
    async with opened(settings_in(tmp_path), render=render) as world:
        await world.submit(1)
        await until(lambda: render.begun)
        await world.jobs.cancel(job_id(1), by=ASHA)
        await until(lambda: world.door.heard("withdraw", job_id(1)))

    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []
