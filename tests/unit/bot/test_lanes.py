"""Each update is handled, or its sender hears why not."""

from __future__ import annotations

import asyncio

from telegram import Update
from telegram.ext import TypeHandler

from bot.context import BotContext
from bot.updates.lanes import Lanes
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import text
from tests.unit.bot.waiting import until


async def test_whoever_sent_what_takes_too_long_is_told(bot: Bot) -> None:
    done: list[int] = []

    async def on_any(update: Update, context: BotContext) -> None:
        await asyncio.Event().wait()

    bot.app.handlers.clear()
    bot.app.add_handler(TypeHandler(Update, on_any))
    lanes = Lanes(bot.app, asyncio.Event(), done.append, limit_s=0.01)
    lanes.put(Update.de_json(text(1, "a"), bot.app.bot))
    await until(lambda: done == [1])

    assert "something went wrong on our side" in bot.telegram.texts[0]
    await lanes.close()
