"""While an order waits its status message tells the truth, or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from pipeline.jobs.renders import Outcome
from pipeline.jobs.waiting import Waiting
from pipeline.line import Standing, Ticket
from pipeline.types import EngineName, Job, JobId, JobState, Owner, Progress, Stage

JOB = JobId("tg-000000000001")
ROW = Job(
    id=JOB,
    owner=Owner("telegram:1"),
    reply_to="{}",
    state=JobState.RUNNING,
    created_at=datetime(2026, 11, 26, tzinfo=UTC),
)
OPEN = Ticket(id=JOB, turn=1, tries=0, lane=EngineName.WARP, speech_s=3.0, is_decided=False)


class FakeViews:
    """A line that was seen once; ``ticket`` is what is known of the order."""

    fresh_s = 0.001

    def __init__(self, ticket: Ticket | None) -> None:
        self._ticket = ticket
        self.looks = 0
        self.looked_often = asyncio.Event()

    async def standing(self, id: JobId) -> Standing:
        self.looks += 1
        if self.looks == 3:
            self.looked_often.set()
        return Standing(progress=Progress(stage=Stage.WAITING), position=self.looks)

    async def ticket(self, id: JobId) -> Ticket | None:
        return self._ticket

    async def place(self, id: JobId, *, sure: bool = False) -> int | None:
        return None


class FakeEngine:
    """A render that ends when the line was looked at often."""

    def __init__(self, until: asyncio.Event) -> None:
        self._until = until

    async def rendered(self, render: object) -> str:
        await self._until.wait()
        return Outcome().to_json()


class FakeRows:
    async def find(self, id: JobId) -> Job:
        return ROW


class FakeDoor:
    """Notes what it was to show."""

    def __init__(self) -> None:
        self.shown: list[Standing] = []

    async def show(self, job: Job, receipt: str, standing: Standing) -> None:
        self.shown.append(standing)


async def shown_with(ticket: Ticket | None) -> list[Standing]:
    views, door = FakeViews(ticket), FakeDoor()
    engine: Any = FakeEngine(views.looked_often)
    rows: Any = FakeRows()
    waiting = Waiting(engine, rows, cast(Any, views), cast(Any, door))
    await waiting.outcome(JOB, "9", None)
    return door.shown


async def test_what_is_new_about_an_open_order_is_shown() -> None:
    assert len(await shown_with(OPEN)) >= 2


@pytest.mark.parametrize("ticket", [None, replace(OPEN, is_decided=True)])
async def test_an_order_that_is_decided_is_not_said_to_be_starting(ticket: Ticket | None) -> None:
    assert await shown_with(ticket) == []
