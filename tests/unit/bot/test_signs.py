"""Whoever has to wait sees that they were heard; whoever is answered at once sees nothing else."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Update
from telegram.constants import ChatAction

from bot.updates.signs import TOGETHER, Signs, wants_sign
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_intake import offsets, polling
from tests.unit.bot.updates import ALICE, BOB, blocked, message, photo, tap, text
from tests.unit.bot.waiting import until


def signed(bot: Bot) -> list[int]:
    return [call.values["chat_id"] for call in bot.telegram.of("sendChatAction")]


async def test_whoever_waits_sees_typing(bot: Bot) -> None:
    go = asyncio.Event()

    async def handle(_: int) -> None:
        await go.wait()

    bot.telegram.waiting = [text(1, "a"), text(2, "b"), text(3, "c", user=BOB)]
    async with polling(bot, handle):
        await until(lambda: sorted(signed(bot)) == [ALICE, BOB])
        go.set()
        await until(lambda: 4 in offsets(bot))

    assert bot.telegram.of("sendChatAction")[0].values["action"] == ChatAction.TYPING


async def test_the_sign_is_kept_up(bot: Bot) -> None:
    shown = asyncio.create_task(Signs(bot.app.bot, again_s=0.0).show(ALICE, at_once=True))

    await until(lambda: signed(bot)[:3] == [ALICE] * 3)

    shown.cancel()
    await asyncio.gather(shown, return_exceptions=True)


async def test_whoever_is_answered_at_once_sees_no_sign(bot: Bot) -> None:
    async def handle(_: int) -> None: ...

    bot.telegram.waiting = [text(1, "a")]
    async with polling(bot, handle):
        await until(lambda: 2 in offsets(bot))

    assert signed(bot) == []


def test_groups_taps_and_what_nobody_answers_get_no_sign(bot: Bot) -> None:
    pinned = message(5, pinned_message={**text(1, "a")["message"]})
    updates = (text(1, "a"), text(2, "/say", chat=-1001), tap(3, "make:x"), blocked(4), pinned)

    wanted = [wants_sign(Update.de_json(update, bot.app.bot)) for update in updates]

    assert wanted == [True, False, False, False, False]


async def test_too_many_requests_silence_the_signs_of_all(bot: Bot) -> None:
    wait = Refusal(status=429, description="Too Many Requests", parameters={"retry_after": 60})
    bot.telegram.fails("sendChatAction", wait)
    shown = Signs(bot.app.bot)
    first = asyncio.create_task(shown.show(ALICE, at_once=True))
    await until(lambda: signed(bot) == [ALICE])
    second = asyncio.create_task(shown.show(BOB, at_once=True))
    for _ in range(20):
        await asyncio.sleep(0)

    assert signed(bot) == [ALICE]
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)


async def test_a_rush_is_seen_before_it_is_worked_on(bot: Bot) -> None:
    signs = Signs(bot.app.bot)
    crowd = [asyncio.create_task(signs.show(n, at_once=True)) for n in range(1, 101)]
    await asyncio.sleep(0)

    await signs.let_pass()

    assert len(signed(bot)) > 100 - TOGETHER, "all have set out"
    for one in crowd:
        one.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_the_chats_next_update_waits_while_an_answer_waits_for_its_pace(bot: Bot) -> None:
    done: list[int] = []
    go = asyncio.Event()

    async def handle(update_id: int) -> None:
        if update_id == 1:
            bot.app.keeping[1].set()
            await go.wait()
        done.append(update_id)

    bot.telegram.waiting = [text(1, "a"), text(2, "b"), text(3, "c", user=BOB)]
    async with polling(bot, handle):
        await until(lambda: done == [3])
        go.set()
        await until(lambda: done == [3, 1, 2])

    assert bot.app.keeping == {}


async def test_so_many_who_wait_for_their_answer_leave_room_for_others(bot: Bot) -> None:
    done: list[int] = []
    go = asyncio.Event()

    async def handle(update_id: int) -> None:
        bot.app.keeping[update_id].set()
        if update_id != 99:
            await go.wait()
        done.append(update_id)

    bot.telegram.waiting = [*(text(n, "a", user=n) for n in range(1, 40)), text(99, "b", user=99)]
    async with polling(bot, handle):
        await until(lambda: done == [99])
        go.set()


async def test_a_tap_and_a_group_do_not_wait_behind_a_rush_of_photos(bot: Bot) -> None:
    done: list[int] = []
    go = asyncio.Event()

    async def handle(update_id: int) -> None:
        if update_id < 98:
            await go.wait()
        done.append(update_id)

    rush = [photo(n, user=n) for n in range(1, 40)]
    bot.telegram.waiting = [*rush, tap(98, "make:x", user=98), text(99, "/say", chat=-1001)]
    async with polling(bot, handle):
        await until(lambda: sorted(done) == [98, 99])
        go.set()


@pytest.mark.parametrize(
    "update", [text(1, "/start"), text(1, "/help"), text(1, "Good morning."), photo(1)]
)
async def test_the_first_things_people_send_say_that_they_are_kept(
    bot: Bot, update: dict[str, object]
) -> None:
    bot.app.keeping[1] = asyncio.Event()

    await bot.hears(update)

    assert bot.app.keeping[1].is_set()


async def test_what_completes_an_order_holds_its_place_until_it_is_done(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."))
    bot.app.keeping[2] = asyncio.Event()

    await bot.hears(photo(2))

    assert len(bot.services.jobs.jobs) == 1
    assert not bot.app.keeping[2].is_set()
