"""Telegram sends updates by itself: each is answered when it is kept, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from telegram import Update
from telegram.ext import TypeHandler

from bot.context import BotContext
from bot.updates.letterbox import MOST_OPEN
from bot.updates.webhook import SECRET_HEADER, Webhook
from pipeline import errors
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_intake import FullInbox
from tests.unit.bot.updates import text
from tests.unit.bot.waiting import until

Handle = Callable[[int], Awaitable[None]]
ADDRESS = "https://bolti.example/updates"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Whoever posts to the webhook."""

    session: aiohttp.ClientSession
    url: str
    secret: str

    async def posts(self, content: object, *, secret: str | None = None) -> int:
        headers = {SECRET_HEADER: self.secret if secret is None else secret}
        async with self.session.post(self.url, json=content, headers=headers) as answer:
            return answer.status


@asynccontextmanager
async def webhook(
    bot: Bot, handle: Handle, *, most_open: int = MOST_OPEN
) -> AsyncIterator[Sender]:
    """Let the webhook listen, with a handler of the test."""

    async def on_any(update: Update, context: BotContext) -> None:
        await handle(update.update_id)

    bot.app.handlers.clear()
    bot.app.add_handler(TypeHandler(Update, on_any))
    settings = bot.services.settings.telegram.model_copy(
        update={"webhook_url": ADDRESS, "webhook_port": 0}
    )
    door, stop = Webhook(bot.app, settings, most_open=most_open), asyncio.Event()
    assert door.trouble(), "until Telegram knows the address, no updates come"
    task = asyncio.create_task(door.run(stop))
    await until(lambda: not door.trouble())
    told = bot.telegram.of("setWebhook")[0].values
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{door.port}/updates"
        try:
            yield Sender(session=session, url=url, secret=told["secret_token"])
        finally:
            stop.set()
            async with asyncio.timeout(10):
                await task


async def nothing(_: int) -> None: ...


async def test_telegram_is_told_the_address_a_secret_and_the_kinds(bot: Bot) -> None:
    async with webhook(bot, nothing):
        told = bot.telegram.of("setWebhook")[0].values

    assert told["url"] == ADDRESS
    assert len(told["secret_token"]) >= 32
    assert "callback_query" in told["allowed_updates"]
    assert not told.get("drop_pending_updates")


async def test_an_update_is_answered_when_it_is_kept_not_when_it_is_handled(bot: Bot) -> None:
    go = asyncio.Event()

    async def handle(_: int) -> None:
        await go.wait()

    async with webhook(bot, handle) as sender:
        assert await sender.posts(text(5, "a")) == 200
        assert [row.number for row in await bot.services.inbox.all()] == [5]
        go.set()

    assert await bot.services.inbox.all() == []


async def test_an_update_that_was_not_kept_is_refused_and_taken_when_it_comes_again(
    bot: Bot,
) -> None:
    tries: list[int] = []

    async def handle(update_id: int) -> None:
        tries.append(update_id)

    away = errors.StoreUnavailable("away")
    bot.services.inbox = FullInbox(bot.services.database, away, times=1)
    async with webhook(bot, handle) as sender:
        assert await sender.posts(text(1, "a")) == 503
        assert await sender.posts(text(1, "a")) == 200
        await until(lambda: tries == [1])


async def test_a_full_letterbox_lets_it_come_again(bot: Bot) -> None:
    go = asyncio.Event()

    async def handle(_: int) -> None:
        await go.wait()

    async with webhook(bot, handle, most_open=1) as sender:
        assert await sender.posts(text(1, "a")) == 200
        assert await sender.posts(text(2, "b")) == 503
        go.set()


async def test_an_update_sent_again_while_it_is_worked_on_is_handled_once(bot: Bot) -> None:
    tries: list[int] = []
    go = asyncio.Event()

    async def handle(update_id: int) -> None:
        tries.append(update_id)
        await go.wait()

    async with webhook(bot, handle) as sender:
        both = [sender.posts(text(1, "a")) for _ in "ab"]
        assert await asyncio.gather(*both) == [200, 200]
        await until(lambda: tries == [1])
        go.set()

    assert tries == [1]


@pytest.mark.parametrize("secret", ["", "wrong", "wröng"])
async def test_nobody_but_telegram_is_heard(bot: Bot, secret: str) -> None:
    handled: list[int] = []

    async def handle(update_id: int) -> None:
        handled.append(update_id)

    async with webhook(bot, handle) as sender:
        assert await sender.posts(text(1, "a"), secret=secret) == 403

    assert not handled


@pytest.mark.parametrize("content", [[], 3, "words", {}, {"update_id": "x"}, {"message": {}}])
async def test_what_is_no_update_is_refused(bot: Bot, content: Any) -> None:
    async with webhook(bot, nothing) as sender:
        assert await sender.posts(content) == 400


async def test_an_address_that_telegram_refuses_is_a_mistake_of_the_setup(bot: Bot) -> None:
    refusal = Refusal(status=400, description="Bad Request: bad webhook: IP address is reserved")
    bot.telegram.fails("setWebhook", refusal)
    settings = bot.services.settings.telegram.model_copy(
        update={"webhook_url": ADDRESS, "webhook_port": 0}
    )

    with pytest.raises(errors.SettingsInvalid, match=r"telegram\.webhook_url"):
        await Webhook(bot.app, settings).run(asyncio.Event())


async def test_a_port_that_is_taken_is_named(bot: Bot) -> None:
    taken = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    settings = bot.services.settings.telegram.model_copy(
        update={"webhook_url": ADDRESS, "webhook_port": port}
    )

    async with taken:
        with pytest.raises(errors.SettingsInvalid, match=f"port {port}"):
            await Webhook(bot.app, settings).run(asyncio.Event())
