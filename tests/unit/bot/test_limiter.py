"""Trifles hold up no result: decoration is not counted, an edit is tried once."""

from __future__ import annotations

import pytest
from telegram.constants import ChatAction
from telegram.error import RetryAfter

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
