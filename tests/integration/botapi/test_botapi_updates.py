"""Long polling: what waits stays until it is confirmed, and only one may ask."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Bot
from telegram.error import Conflict

from tests.botapi.people import Person
from tests.botapi.server import BotApi


async def test_an_update_stays_until_a_later_offset_confirms_it(bot: Bot, asha: Person) -> None:
    for text in ("one", "two", "three"):
        await asha.sends_text(text)

    first = await bot.get_updates()
    again = await bot.get_updates()
    rest = await bot.get_updates(offset=first[1].update_id)

    assert [u.message.text for u in first if u.message] == ["one", "two", "three"]
    assert again == first
    assert rest == first[1:]
    assert await bot.get_updates(offset=first[-1].update_id + 1) == ()
    assert await bot.get_updates() == ()


async def test_a_negative_offset_keeps_only_the_newest(bot: Bot, asha: Person) -> None:
    for text in ("one", "two", "three"):
        await asha.sends_text(text)

    newest = await bot.get_updates(offset=-1)

    assert [u.message.text for u in newest if u.message] == ["three"]
    assert await bot.get_updates() == newest


async def test_a_long_poll_waits_for_the_update_and_ends_with_it(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    polled = asyncio.create_task(api.is_polled())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await polled
    assert not waiting.done()

    await asha.sends_text("at last")

    (update,) = await asyncio.wait_for(waiting, 5)
    assert update.message
    assert update.message.text == "at last"


async def test_a_batch_holds_at_most_100_and_at_most_the_limit(bot: Bot, asha: Person) -> None:
    for number in range(105):
        await asha.sends_text(str(number))

    assert len(await bot.get_updates()) == 100
    assert len(await bot.get_updates(limit=2)) == 2


async def test_a_second_poller_ends_the_first(api: BotApi, bot: Bot, asha: Person) -> None:
    polled = asyncio.create_task(api.is_polled())
    await asyncio.sleep(0)
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await polled

    assert await bot.get_updates() == ()

    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await asyncio.wait_for(first, 5)


async def test_polling_is_refused_while_a_webhook_is_set(api: BotApi, bot: Bot) -> None:
    await bot.set_webhook("https://bolti.example/hook")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://bolti.example/hook"

    await bot.delete_webhook()

    assert await bot.get_updates() == ()
    api.assert_clean()


async def test_only_the_allowed_kinds_are_kept(bot: Bot, asha: Person) -> None:
    assert await bot.get_updates(allowed_updates=["message", "my_chat_member"]) == ()
    said = await asha.sends_text("helo")
    await asha.edits(said, "hello")
    await asha.blocks_bot()

    updates = await bot.get_updates()

    assert [u.message is not None for u in updates] == [True, False]
    changed = updates[1].my_chat_member
    assert changed
    assert changed.new_chat_member.status == "kicked"


async def test_an_update_can_come_twice(api: BotApi, bot: Bot, asha: Person) -> None:
    await asha.sends_text("once")
    (first,) = await bot.get_updates()
    assert await bot.get_updates(offset=first.update_id + 1) == ()

    repeated = api.repeat_last_update()

    (second,) = await bot.get_updates(offset=first.update_id + 1)
    assert second.update_id == first.update_id == repeated
    assert await bot.get_updates(offset=first.update_id + 1) == ()


async def test_update_ids_only_grow(bot: Bot, asha: Person) -> None:
    for text in ("one", "two"):
        await asha.sends_text(text)

    first, second = await bot.get_updates()

    assert second.update_id == first.update_id + 1
    assert len(str(first.update_id)) <= 12
