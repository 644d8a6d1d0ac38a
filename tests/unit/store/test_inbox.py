"""What came in is kept once, in order, until it is handled."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.store.database import Database
from pipeline.store.inbox import Inbox, Incoming
from pipeline.types import Owner

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def incoming(number: int, content: str = "{}") -> Incoming:
    return Incoming(number=number, who=Owner("telegram:7"), content=content, arrived_at=NOW)


async def test_what_came_in_is_listed_in_order_each_once(database: Database) -> None:
    inbox = Inbox(database)
    await inbox.keep([incoming(3), incoming(1)])
    await inbox.keep([incoming(2), incoming(3, "again")])

    assert await inbox.all() == [incoming(1), incoming(2), incoming(3)]


async def test_what_is_handled_goes(database: Database) -> None:
    inbox = Inbox(database)
    await inbox.keep([incoming(1), incoming(2), incoming(3)])

    await inbox.delete({1, 3})

    assert await inbox.all() == [incoming(2)]


async def test_nothing_is_no_trouble(database: Database) -> None:
    inbox = Inbox(database)

    await inbox.keep([])

    assert await inbox.all() == []
