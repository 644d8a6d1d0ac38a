"""The rows of the orders: where races end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import errors
from pipeline.line import OpenLimits
from pipeline.store.database import Database
from pipeline.store.line import Line
from pipeline.store.orders import Orders
from pipeline.types import Failure, Job, JobId, JobState, Owner, Progress, Stage
from tests.integration.jobs_world import result_of

ASHA, RAVI = Owner("telegram:1"), Owner("telegram:2")
JOB = JobId("tg-000000000001")
FAILURE = Failure(code="no_face", detail="No face.", retryable=False, values={"n": 0, "x": "y"})


async def test_the_limit_holds_against_many_at_once(orders: Orders) -> None:
    results = await asyncio.gather(
        *(add(orders, JobId(f"tg-{n}")) for n in range(10)), return_exceptions=True
    )

    assert sum(isinstance(r, Job) for r in results) == 3
    assert sum(isinstance(r, errors.TooManyJobs) for r in results) == 7


async def test_the_same_id_is_the_same_order_even_at_the_limit(orders: Orders) -> None:
    first = await add(orders, JOB, limit=1)

    assert await add(orders, JOB, limit=1) == first
    with pytest.raises(errors.TooManyJobs):
        await add(orders, JobId("tg-2"), limit=1)


async def test_each_open_order_of_an_owner_puts_the_next_one_back(
    orders: Orders, line: Line
) -> None:
    for n in range(3):
        await add(orders, JobId(f"tg-{n}"))
    await add(orders, JobId("tg-other"), owner=RAVI)

    first, second, third = [await turn(line, f"tg-{n}") for n in range(3)]
    other = await turn(line, "tg-other")

    assert first <= other < second < third
    assert third < 2**31


async def test_a_cancelled_order_cannot_be_sent(orders: Orders) -> None:
    await add(orders, JOB)

    assert await orders.cancel(JOB, by=ASHA)

    assert not await orders.start_sending(JOB, result_of(JOB))
    assert not await orders.fail(JOB, FAILURE)
    assert not await orders.start(JOB, by="gpu1")
    assert await state(orders) is JobState.CANCELLED


async def test_an_order_that_is_being_sent_cannot_be_cancelled(orders: Orders) -> None:
    await add(orders, JOB)
    assert await orders.start_sending(JOB, result_of(JOB))

    assert not await orders.cancel(JOB, by=ASHA)
    assert await orders.progress(JOB) == Progress(stage=Stage.SENDING)
    assert await orders.start_sending(JOB, result_of(JOB)), "a replay takes the same way"


async def test_cancel_and_send_at_once_have_one_winner(orders: Orders) -> None:
    for n in range(10):
        id = JobId(f"tg-{n}")
        await add(orders, id, limit=100)
        cancelled, sent = await asyncio.gather(
            orders.cancel(id, by=ASHA), orders.start_sending(id, result_of(id))
        )
        assert cancelled != sent


async def test_only_the_owner_cancels(orders: Orders) -> None:
    await add(orders, JOB)

    with pytest.raises(errors.JobNotFound):
        await orders.cancel(JOB, by=RAVI)
    assert await state(orders) is JobState.QUEUED


async def test_what_came_of_an_order_is_read_back(orders: Orders) -> None:
    added = await add(orders, JOB)
    await orders.start_sending(JOB, result_of(JOB))
    await orders.succeed(JOB)
    failed = await add(orders, JobId("tg-2"))
    await orders.fail(failed.id, FAILURE)

    done, lost = await orders.find(JOB), await orders.find(failed.id)

    assert done is not None
    assert (done.state, done.result) == (JobState.SUCCEEDED, result_of(JOB))
    assert (done.created_at, done.reply_to) == (added.created_at, '{"chat": 1}')
    assert lost is not None
    assert (lost.state, lost.failure) == (JobState.FAILED, FAILURE)


async def test_a_final_order_stays_as_it_is(orders: Orders) -> None:
    await add(orders, JOB)
    await orders.fail(JOB, FAILURE)

    await orders.succeed(JOB)
    assert not await orders.cancel(JOB, by=ASHA)
    assert await state(orders) is JobState.FAILED
    assert await orders.fail(JOB, FAILURE), "a replay takes the same way"


async def test_progress_is_the_newest_and_ends_with_the_order(orders: Orders) -> None:
    await add(orders, JOB)
    assert await orders.progress(JOB) == Progress(stage=Stage.WAITING)

    await orders.start(JOB, by="gpu1")
    for fraction in (0.1, 0.9):
        await orders.report(JOB, Progress(stage=Stage.SYNCING, fraction=fraction))
    assert await orders.progress(JOB) == Progress(stage=Stage.SYNCING, fraction=0.9)

    await orders.start(JOB, by="gpu1")  # another worker begins again
    assert await orders.progress(JOB) == Progress(stage=Stage.WAITING)
    await orders.cancel(JOB, by=ASHA)
    assert await orders.progress(JOB) is None


async def test_an_owner_sees_only_the_own_orders(orders: Orders) -> None:
    await add(orders, JOB)
    await add(orders, JobId("tg-2"), owner=RAVI)
    await orders.fail(JOB, FAILURE)

    assert await orders.of_owner(ASHA, unfinished=True) == []
    assert [job.id for job in await orders.of_owner(ASHA, unfinished=False)] == [JOB]
    assert [job.id for job in await orders.unfinished()] == ["tg-2"]


async def test_an_order_is_needed_until_it_has_been_over_for_a_time(orders: Orders) -> None:
    await add(orders, JOB)
    await add(orders, JobId("tg-2"))
    await orders.fail(JOB, FAILURE)
    later = datetime.now(UTC) + timedelta(seconds=1)
    asked = (JOB, JobId("tg-2"), JobId("tg-3"))

    assert await orders.still_needed(asked, later) == {"tg-2"}
    assert await orders.still_needed(asked, later - timedelta(hours=1)) == {JOB, "tg-2"}
    assert await orders.still_needed([], later) == set()


async def test_orders_are_found_by_the_time_they_were_accepted(orders: Orders) -> None:
    await add(orders, JOB)
    now, hour = datetime.now(UTC), timedelta(hours=1)

    assert await orders.accepted_between(now - hour, now + hour) == [JOB]
    assert await orders.accepted_between(now + hour, now + 2 * hour) == []


async def test_the_receipt_is_kept(orders: Orders) -> None:
    await add(orders, JOB)
    assert await orders.receipt(JOB) is None
    await orders.keep_receipt(JOB, "17")

    assert await orders.receipt(JOB) == "17"


async def add(
    orders: Orders, id: JobId, *, owner: Owner = ASHA, limit: int = 3, later_s: float = 120
) -> Job:
    return await orders.add(
        id,
        owner=owner,
        reply_to='{"chat": 1}',
        limits=OpenLimits(owner=limit),
        later_s=lambda own: own * later_s,
    )


async def turn(line: Line, id: str) -> int:
    ticket = await line.ticket(JobId(id))
    assert ticket is not None
    return ticket.turn


async def state(orders: Orders) -> JobState | None:
    job = await orders.find(JOB)
    return job.state if job else None


@pytest.fixture
def orders(database: Database) -> Orders:
    return Orders(database)


@pytest.fixture
def line(database: Database) -> Line:
    return Line(database)
