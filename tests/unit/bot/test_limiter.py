"""Trifles hold up no result: decoration is not counted, an edit is tried once; a rush is paced."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from telegram.constants import ChatAction
from telegram.error import RetryAfter

from bot.limiter import AT_ONCE
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE

GROUP = -1001
SLOW_DOWN = Refusal(status=429, description="Too Many Requests", parameters={"retry_after": 3600})


async def test_chat_actions_use_up_nothing_of_a_group_s_share(bot: Bot) -> None:
    for _ in range(60):  # three times what a group may be sent in a minute
        await bot.app.bot.send_chat_action(GROUP, ChatAction.RECORD_VIDEO)

    await bot.app.bot.send_message(GROUP, "the result")

    assert bot.telegram.texts == ["the result"]


async def test_questions_about_a_group_use_up_nothing_of_its_share(bot: Bot) -> None:
    for _ in range(30):
        await bot.app.bot.get_chat_member(GROUP, ALICE)
        await bot.app.bot.get_chat(GROUP)

    await bot.app.bot.send_message(GROUP, "the result")

    assert bot.telegram.texts == ["the result"]


async def test_a_refused_edit_is_not_retried_and_holds_nobody_up(bot: Bot) -> None:
    bot.telegram.fails("editMessageText", SLOW_DOWN)

    with pytest.raises(RetryAfter):
        await bot.app.bot.edit_message_text("40%", chat_id=ALICE, message_id=1)
    await bot.app.bot.send_message(ALICE, "the result")

    assert bot.telegram.texts == ["the result"]


async def test_of_a_rush_few_messages_set_out_in_one_turn_of_the_loop(bot: Bot) -> None:
    rush = [asyncio.create_task(bot.app.bot.send_message(ALICE, "hello")) for _ in range(40)]

    sent = [0]
    for _ in range(50):
        await asyncio.sleep(0)
        sent.append(len(bot.telegram.texts))
    for one in rush:
        one.cancel()
    await asyncio.gather(*rush, return_exceptions=True)

    together = [after - before for before, after in itertools.pairwise(sent)]
    assert 1 <= max(together) <= AT_ONCE
