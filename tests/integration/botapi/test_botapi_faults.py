"""Everything that can go wrong with a call goes wrong on demand, once."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from tests.botapi import faults, samples
from tests.botapi.people import Person
from tests.botapi.server import BotApi
from tests.integration.botapi.conftest import client


async def test_429_says_when_to_come_back_and_does_nothing(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    api.fail("sendMessage", faults.RetryAfter(2))

    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(asha.chat.id, "hi")
    assert refused.value.retry_after == timedelta(seconds=2)
    assert asha.messages() == []

    await bot.send_message(asha.chat.id, "hi")
    assert [shown.text for shown in asha.messages()] == ["hi"]
    assert [call.is_done for call in api.calls("sendMessage")] == [False, True]


async def test_faults_are_met_in_order_and_only_by_their_method(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    api.fail("sendMessage", faults.ServerError(502), faults.Refusal(400, "Bad Request: odd"))

    await bot.get_me()
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(asha.chat.id, "hi")
    with pytest.raises(AssertionError, match="1 faults for sendMessage met no call"):
        api.assert_clean()
    with pytest.raises(BadRequest, match=r"(?i)odd"):
        await bot.send_message(asha.chat.id, "hi")

    api.assert_clean()
    with pytest.raises(ValueError, match="sendVidoe"):
        api.fail("sendVidoe", faults.Drop())


async def test_done_then_hang_is_seen_but_never_answered(
    api: BotApi, asha: Person, tmp_path: Path
) -> None:
    api.fail("sendVideo", faults.DoneThenHang())
    async with client(api, api.token) as bot:
        with pytest.raises(TimedOut):
            await bot.send_video(asha.chat.id, samples.video(tmp_path / "v.mp4"), read_timeout=0.3)

    (shown,) = asha.videos()
    assert shown.video
    (call,) = api.calls("sendVideo")
    assert call.is_done
    assert not call.is_answered
    api.assert_clean()


async def test_done_then_drop_is_seen_and_breaks_the_connection(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    api.fail("sendMessage", faults.DoneThenDrop())

    with pytest.raises(NetworkError):
        await bot.send_message(asha.chat.id, "hi")

    assert [shown.text for shown in asha.messages()] == ["hi"]


async def test_drop_breaks_the_connection_before_anything_is_done(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    api.fail("sendMessage", faults.Drop())

    with pytest.raises(NetworkError):
        await bot.send_message(asha.chat.id, "hi")

    assert asha.messages() == []


async def test_a_hang_that_is_waited_out_is_served(api: BotApi, bot: Bot, asha: Person) -> None:
    api.fail("sendMessage", faults.Hang(0.2))

    started = time.monotonic()
    await bot.send_message(asha.chat.id, "hi")

    assert time.monotonic() - started >= 0.2
    assert [shown.text for shown in asha.messages()] == ["hi"]


async def test_a_client_that_leaves_during_a_hang_is_not_served(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    api.fail("sendMessage", faults.Hang(0.4))

    with pytest.raises(TimedOut):
        await bot.send_message(asha.chat.id, "hi", read_timeout=0.1)
    await api.ends_all_calls()

    assert asha.messages() == []
    assert [call.is_done for call in api.calls("sendMessage")] == [False]


async def test_telegram_goes_away_and_comes_back_at_the_same_address(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    url = api.url
    polled = asyncio.create_task(api.is_polled())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await polled

    await api.goes_away()

    with pytest.raises(NetworkError):
        await asyncio.wait_for(waiting, 5)
    with pytest.raises(NetworkError, match="ConnectError"):
        await bot.get_me()
    await asha.sends_text("still here")
    await api.comes_back()
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.text == "still here"
    assert api.url == url
