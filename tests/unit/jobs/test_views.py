"""Who asks for a place in the line is told what one look showed, and never an older one."""

from __future__ import annotations

import asyncio
from typing import Any

from pipeline.jobs.views import Views
from pipeline.line import LineLook, Ticket
from pipeline.types import EngineName, JobId

FIRST, SECOND, NEW = (JobId(f"tg-{number}") for number in (1, 2, 3))


def ticket(id: JobId) -> Ticket:
    lane = EngineName.WARP
    return Ticket(id=id, turn=1, tries=0, lane=lane, speech_s=3.0, is_decided=False)


class FakeLine:
    """A line in which somebody may stand; looks are counted, and end when they may."""

    def __init__(self) -> None:
        self.waiting = [FIRST, SECOND]
        self.looks = 0
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def look(self, _: object) -> LineLook:
        self.looks += 1
        seen = list(self.waiting)
        await asyncio.sleep(0)
        await self.may_end.wait()
        return LineLook(
            lines={EngineName.WARP: seen}, tickets={id: ticket(id) for id in (*seen, NEW)}
        )


class FakeBooks:
    def __init__(self) -> None:
        self.line = FakeLine()


class FakeLanes:
    async def workers_alive(self) -> dict[EngineName, int]:
        return {EngineName.WARP: 1}

    async def served(self) -> set[EngineName]:
        return {EngineName.WARP}


class FakeEngine:
    async def is_render_known(self, id: JobId, tries: int) -> bool:
        return False


def views_on(books: FakeBooks, *, fresh_s: float) -> Views:
    engine: Any = FakeEngine()
    lanes: Any = FakeLanes()
    rows: Any = books
    return Views(engine, rows, lanes, fresh_s=fresh_s)


async def test_two_hundred_who_ask_within_a_moment_cost_one_look() -> None:
    books = FakeBooks()
    views = views_on(books, fresh_s=60)

    told = await asyncio.gather(
        *(views.standing(SECOND, sure=True) for _ in range(100)),
        *(views.place(FIRST, sure=True) for _ in range(100)),
    )

    assert [books.line.looks, told[0], told[-1]] == [1, told[99], 1]


async def test_two_hundred_who_are_not_there_yet_cost_two_looks_more() -> None:
    books = FakeBooks()
    views = views_on(books, fresh_s=60)
    await views.place(FIRST)

    places = await asyncio.gather(*(views.place(NEW, sure=True) for _ in range(200)))

    assert (set(places), books.line.looks) == ({None}, 1 + 2), "one began before the others asked"


async def test_who_came_since_the_last_look_is_found_by_another() -> None:
    books = FakeBooks()
    views = views_on(books, fresh_s=60)
    before = await views.place(NEW)
    books.line.waiting.append(NEW)

    believed, sure = await views.place(NEW), await views.place(NEW, sure=True)

    assert (before, believed, sure) == (None, None, 3)


async def test_a_look_that_began_before_a_change_is_not_believed_after_it() -> None:
    books = FakeBooks()
    views = views_on(books, fresh_s=60)
    books.line.may_end.clear()
    early = asyncio.create_task(views.place(SECOND))
    while not books.line.looks:  # noqa: ASYNC110  a fake's count knows no event
        await asyncio.sleep(0)

    books.line.waiting.remove(FIRST)
    views.forget()
    books.line.may_end.set()

    assert (await early, await views.place(SECOND)) == (2, 1)
