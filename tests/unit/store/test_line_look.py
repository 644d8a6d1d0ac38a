"""One look at the line tells all of it, and costs the same however many stand there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from pipeline.line import LineMode, OpenLimits
from pipeline.store.database import Database
from pipeline.store.line import Line
from pipeline.store.orders import Orders
from pipeline.store.paces import FEWEST, Paces
from pipeline.types import EngineName, Failure, JobId, Owner, Progress, Stage

FAILURE = Failure(code="internal", detail="a test", retryable=False)


def job_id(number: int) -> JobId:
    return JobId(f"tg-{number:012d}")


async def add(orders: Orders, *numbers: int) -> None:
    for number in numbers:
        await orders.add(
            job_id(number),
            owner=Owner(f"telegram:{number}"),
            reply_to="{}",
            limits=OpenLimits(owner=1),
        )


@contextmanager
def statements() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)


async def test_it_tells_tickets_paces_and_mode(database: Database) -> None:
    orders, line, paces = Orders(database), Line(database), Paces(database)
    await add(orders, 1, 2, 3)
    await orders.fail(job_id(1), FAILURE)
    await orders.start(job_id(2), by="here")
    await orders.report(job_id(2), Progress(stage=Stage.SPEAKING))
    for _ in range(FEWEST):
        await paces.add(EngineName.WARP, speech_s=2.0, took_s=4.0)
    await line.set_mode(LineMode.PAUSED, "somebody")

    look = await line.look(lambda _: {EngineName.WARP: [job_id(3)]})

    assert look.lines == {EngineName.WARP: [job_id(3)]}
    assert list(look.tickets) == [job_id(2), job_id(3)]
    assert look.tickets[job_id(2)].progress == Progress(stage=Stage.SPEAKING)
    assert look.tickets[job_id(3)].progress == Progress(stage=Stage.WAITING)
    assert look.tickets[job_id(3)] == await line.ticket(job_id(3))
    assert look.paces[EngineName.WARP].median == 2.0
    assert look.mode is LineMode.PAUSED


async def test_it_is_three_statements_beside_who_waits_for_one_and_for_many(
    database: Database,
) -> None:
    orders, line = Orders(database), Line(database)
    counts = []
    for numbers in (range(1, 2), range(2, 40)):
        await add(orders, *numbers)
        with statements() as heard:
            await line.look(lambda _: {})
        counts.append(len(heard))

    assert counts == [3, 3]
