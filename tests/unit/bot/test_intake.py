"""An update is confirmed only after it is kept; chats run side by side, one chat in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError
from telegram.ext import TypeHandler

from bot.address import owner_of
from bot.context import BotContext
from bot.updates.intake import Intake
from bot.updates.letterbox import MOST_OPEN
from pipeline import errors
from pipeline.store.database import Database
from pipeline.store.inbox import Inbox, Incoming
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, BOB, text
from tests.unit.bot.waiting import until

Handle = Callable[[int], Awaitable[None]]


class FullInbox(Inbox):
    """An inbox that refuses the first few times."""

    def __init__(self, database: Database, error: errors.StoreError, times: int) -> None:
        super().__init__(database)
        self._error, self._times = error, times
        self.refused = 0

    async def keep(self, incoming: Sequence[Incoming]) -> None:
        """Refuse, or keep."""
        if incoming and self.refused < self._times:
            self.refused += 1
            raise self._error
        await super().keep(incoming)


@asynccontextmanager
async def polling(
    bot: Bot, handle: Handle, *, most_open: int = MOST_OPEN
) -> AsyncIterator[asyncio.Event]:
    """Let the intake run with a handler of the test; stop it at the end."""

    async def on_any(update: Update, context: BotContext) -> None:
        await handle(update.update_id)

    bot.app.handlers.clear()
    bot.app.add_handler(TypeHandler(Update, on_any))
    stop = asyncio.Event()
    intake = Intake(bot.app, poll_timeout_s=1, retry_s=0.01, most_open=most_open)
    task = asyncio.create_task(intake.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await task


def offsets(bot: Bot) -> list[int]:
    return [call.values.get("offset", 0) for call in bot.telegram.of("getUpdates")]


async def test_the_webhook_goes_first_and_nothing_pending_is_dropped(bot: Bot) -> None:
    async def handle(_: int) -> None: ...

    async with polling(bot, handle):
        await until(lambda: len(offsets(bot)) > 1)

    assert bot.telegram.calls[0].method == "deleteWebhook"
    assert not bot.telegram.calls[0].values.get("drop_pending_updates")


async def test_there_is_trouble_until_telegram_answers(bot: Bot) -> None:
    intake, stop = Intake(bot.app, poll_timeout_s=1, retry_s=0.01), asyncio.Event()
    assert "not answered" in intake.trouble()

    task = asyncio.create_task(intake.run(stop))
    await until(lambda: not intake.trouble())
    stop.set()
    await task


async def test_an_update_is_confirmed_once_it_is_kept_and_goes_when_it_is_handled(
    bot: Bot,
) -> None:
    go = asyncio.Event()

    async def handle(_: int) -> None:
        await go.wait()

    bot.telegram.waiting = [text(5, "a")]
    async with polling(bot, handle):
        await until(lambda: 6 in offsets(bot))
        (kept,) = await bot.services.inbox.all()
        assert (kept.number, kept.who) == (5, owner_of(ALICE))
        go.set()

    assert await bot.services.inbox.all() == []


@pytest.mark.parametrize("error", [errors.StoreUnavailable("away"), errors.DiskFull("a row")])
async def test_what_cannot_be_kept_stays_at_telegram(bot: Bot, error: errors.StoreError) -> None:
    done: list[int] = []

    async def handle(update_id: int) -> None:
        done.append(update_id)

    bot.services.inbox = inbox = FullInbox(bot.services.database, error, times=2)
    bot.telegram.waiting = [text(1, "a"), text(2, "b")]
    async with polling(bot, handle):
        await until(lambda: done == [1, 2])
        await until(lambda: 3 in offsets(bot))

    assert inbox.refused == 2
    assert set(offsets(bot)[: offsets(bot).index(3)]) == {0}


async def test_one_chat_keeps_its_order_and_does_not_hold_up_another(bot: Bot) -> None:
    done: list[int] = []
    go = asyncio.Event()

    async def handle(update_id: int) -> None:
        if update_id == 1:
            await go.wait()
        done.append(update_id)

    bot.telegram.waiting = [text(1, "a"), text(2, "b"), text(3, "c", user=BOB)]
    async with polling(bot, handle):
        await until(lambda: done == [3])
        bot.telegram.waiting.append(text(4, "d", user=BOB))
        await until(lambda: done == [3, 4])
        go.set()
        await until(lambda: done == [3, 4, 1, 2])


async def test_a_hundred_slow_updates_do_not_hide_the_next_one(bot: Bot) -> None:
    done: list[int] = []
    go = asyncio.Event()

    async def handle(update_id: int) -> None:
        bot.app.keeping[update_id].set()
        if update_id < 150:
            await go.wait()
        done.append(update_id)

    bot.telegram.waiting = [text(n, "b", user=n) for n in range(1, 151)]
    async with polling(bot, handle):
        await until(lambda: done == [150])
        go.set()
        await until(lambda: len(done) == 150)

    assert sorted(done) == list(range(1, 151))


async def test_a_full_letterbox_leaves_the_rest_at_telegram(bot: Bot) -> None:
    go = asyncio.Event()

    async def handle(_: int) -> None:
        await go.wait()

    bot.telegram.waiting = [text(1, "a"), text(2, "b")]
    async with polling(bot, handle, most_open=2):
        await until(lambda: len(bot.app.keeping) == 1)
        bot.telegram.waiting.append(text(3, "c", user=BOB))
        assert {row.number for row in await bot.services.inbox.all()} == {1, 2}
        go.set()
        await until(lambda: 4 in offsets(bot))


async def test_an_outcome_that_was_not_stored_is_tried_again_in_order(bot: Bot) -> None:
    tries: list[int] = []

    async def handle(update_id: int) -> None:
        tries.append(update_id)
        if update_id == 1 and tries.count(1) < 3:
            raise errors.StoreUnavailable("away")

    bot.telegram.waiting = [text(1, "a"), text(2, "b"), text(3, "c", user=BOB)]
    async with polling(bot, handle):
        await until(lambda: 2 in tries)

    assert [t for t in tries if t != 3] == [1, 1, 1, 2]
    assert tries.count(3) == 1


async def test_a_failing_handler_is_passed_and_answered(bot: Bot) -> None:
    async def handle(update_id: int) -> None:
        if update_id == 1:
            raise ZeroDivisionError

    bot.telegram.waiting = [text(1, "a"), text(2, "b")]
    async with polling(bot, handle):
        await until(lambda: 3 in offsets(bot))

    assert "something went wrong on our side" in bot.telegram.texts[0]


async def test_a_stop_finishes_what_was_begun_and_the_next_start_takes_up_the_rest(
    bot: Bot,
) -> None:
    done: list[int] = []
    go = asyncio.Event()

    async def handle(update_id: int) -> None:
        await go.wait()
        done.append(update_id)

    bot.telegram.waiting = [text(1, "a"), text(2, "b")]
    async with polling(bot, handle) as stop:
        await until(lambda: 1 in bot.app.keeping)
        stop.set()
        go.set()
    assert done == [1]
    assert [row.number for row in await bot.services.inbox.all()] == [2]
    assert bot.telegram.waiting == []

    async with polling(bot, handle):
        await until(lambda: done == [1, 2])


async def test_rows_that_cannot_be_read_any_more_do_not_stop_the_start(bot: Bot) -> None:
    done: list[int] = []

    async def handle(update_id: int) -> None:
        done.append(update_id)

    now = datetime.now(UTC)
    for number, content in enumerate(("", "[]", json.dumps(text(3, "a"))), start=1):
        row = Incoming(number=number, who=None, content=content, arrived_at=now)
        await bot.services.inbox.keep([row])
    async with polling(bot, handle):
        await until(lambda: done == [3])

    assert await bot.services.inbox.all() == []


async def test_something_new_of_telegram_does_not_stop_the_rest(bot: Bot) -> None:
    done: list[int] = []

    async def handle(update_id: int) -> None:
        done.append(update_id)

    bot.telegram.waiting = [{"update_id": 1, "message": {"unheard": "of"}}, text(2, "a")]
    async with polling(bot, handle):
        await until(lambda: done == [2])
        await until(lambda: 3 in offsets(bot))


async def test_network_trouble_is_waited_out(bot: Bot) -> None:
    done: list[int] = []

    async def handle(update_id: int) -> None:
        done.append(update_id)

    bot.telegram.fails("deleteWebhook", NetworkError("away"), NetworkError("away"))
    bot.telegram.fails("getUpdates", NetworkError("away"), Refusal(status=502, description="Bad"))
    bot.telegram.waiting = [text(1, "a")]
    async with polling(bot, handle):
        await until(lambda: done == [1])


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (Refusal(status=401, description="Unauthorized"), InvalidToken),
        (Refusal(status=409, description="Conflict: terminated by other getUpdates"), Conflict),
    ],
)
async def test_mistakes_of_the_setup_end_the_intake(
    bot: Bot, refusal: Refusal, error: type[Exception]
) -> None:
    bot.telegram.fails("getUpdates", refusal)

    with pytest.raises(error):
        await Intake(bot.app, poll_timeout_s=1, retry_s=0.01).run(asyncio.Event())


async def test_the_whole_bot_turns_polled_updates_into_an_order(bot: Bot) -> None:
    updates: list[dict[str, Any]] = [text(1, "Good morning.", user=ALICE)]
    bot.telegram.waiting = updates
    stop = asyncio.Event()
    task = asyncio.create_task(Intake(bot.app, poll_timeout_s=1, retry_s=0.01).run(stop))
    await until(lambda: 2 in offsets(bot))
    stop.set()
    await task

    assert (await bot.services.drafts.get(f"{ALICE}:0:{ALICE}")) is not None
