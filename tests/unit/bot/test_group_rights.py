"""What the bot may not do in a group is found out before any work, and said once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.address import order_id
from tests.fake_telegram import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_say import GROUP, WORDS, in_reply, question_of, tapped, under
from tests.unit.bot.updates import ALICE, BOB, Json, photo

NO_RIGHTS = Refusal(status=400, description="Bad Request: not enough rights to send text messages")


def standing(update_id: int, before: str, now: str, **more: Any) -> Json:
    """Say that the bot's standing in the group has changed."""
    bot = {"id": 123456789, "is_bot": True, "first_name": "Bolti"}
    return {
        "update_id": update_id,
        "my_chat_member": {
            "chat": {"id": GROUP, "type": "supergroup", "title": "Club"},
            "from": {"id": BOB, "is_bot": False, "first_name": "B"},
            "date": 1_700_000_000,
            "old_chat_member": {"status": before, "user": bot},
            "new_chat_member": {"status": now, "user": bot, **more},
        },
    }


async def test_without_the_right_to_send_videos_nothing_is_begun(bot: Bot) -> None:
    bot.telegram.group_forbids.add("can_send_videos")

    await bot.hears(under(1, f"/say {WORDS}"))
    await bot.hears(in_reply(3, "/say", photo(2, chat=GROUP)))

    assert bot.services.jobs.jobs == {}
    assert bot.telegram.of("getFile") == []
    sentence = "I may not send videos in this group. Please ask its admins to let me"
    assert [text.startswith(sentence) for text in bot.telegram.texts] == [True, True]


async def test_where_it_may_not_write_it_says_so_in_private(bot: Bot) -> None:
    bot.telegram.group_forbids.add("can_send_messages")
    bot.telegram.fails("sendMessage", NO_RIGHTS)

    await bot.hears(under(1, f"/say {WORDS}"))

    assert [call.values["chat_id"] for call in bot.telegram.of("sendMessage")] == [GROUP, ALICE]
    assert bot.telegram.texts[1].startswith("I may not write in that group.")


async def test_whoever_cannot_be_reached_in_private_either_hears_nothing(bot: Bot) -> None:
    bot.telegram.group_forbids.add("can_send_messages")
    stranger = Refusal(status=403, description="Forbidden: bot can't initiate conversation")
    bot.telegram.fails("sendMessage", NO_RIGHTS, stranger)

    await bot.hears(under(1, f"/say {WORDS}"))

    assert (
        await bot.services.community.incidents.faults_since(
            datetime.min.replace(tzinfo=UTC), limit=1
        )
        == []
    )


async def test_a_yes_is_remembered_and_a_no_is_not(bot: Bot) -> None:
    bot.telegram.group_forbids.add("can_send_videos")
    await bot.hears(under(1, f"/say {WORDS}"))
    bot.telegram.group_forbids.clear()

    await bot.hears(under(2, f"/say {WORDS}"), under(3, f"/say {WORDS}"))

    assert list(bot.services.jobs.jobs) == [order_id(2), order_id(3)]
    assert len(bot.telegram.of("getChat")) == 2


async def test_a_yes_is_forgotten_when_the_bots_standing_changes(bot: Bot) -> None:
    await bot.hears(under(1, f"/say {WORDS}"))
    bot.telegram.group_forbids.add("can_send_videos")

    await bot.hears(standing(2, "member", "member"), under(3, f"/say {WORDS}"))

    assert list(bot.services.jobs.jobs) == [order_id(1)]


async def test_an_admin_bot_may_do_all_whatever_members_may(bot: Bot) -> None:
    bot.telegram.group_forbids.add("can_send_videos")
    bot.telegram.group_admins.add(123456789)

    await bot.hears(under(1, f"/say {WORDS}"))

    assert list(bot.services.jobs.jobs) == [order_id(1)]


async def test_where_telegram_does_not_say_it_tries(bot: Bot) -> None:
    bot.telegram.fails("getChatMember", Refusal(status=500, description="Internal Server Error"))

    await bot.hears(under(1, f"/say {WORDS}"))

    assert list(bot.services.jobs.jobs) == [order_id(1)]


async def test_a_right_that_went_while_the_owner_was_asked_stops_the_order(bot: Bot) -> None:
    buttons = await question_of(bot)
    bot.telegram.group_forbids.add("can_send_videos")
    bot.app.rights.forget(GROUP)

    await bot.hears(tapped(3, buttons["Allow once"], BOB))

    assert bot.services.jobs.jobs == {}
    assert bot.telegram.texts[-1].startswith("I may not send videos in this group.")


@pytest.mark.parametrize("right", ["can_send_videos", "can_send_messages"])
async def test_it_says_at_its_welcome_what_it_may_not_do(bot: Bot, right: str) -> None:
    bot.telegram.group_forbids.add(right)
    if right == "can_send_messages":
        bot.telegram.fails("sendMessage", NO_RIGHTS)

    await bot.hears(standing(1, "left", "member"))

    told = bot.telegram.of("sendMessage")[-1]
    assert told.values["chat_id"] == (GROUP if right == "can_send_videos" else BOB)
    assert "let me" in told.text
