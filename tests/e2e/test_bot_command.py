"""The command itself: wrong set-ups end with status 2 and one sentence; silence is waited out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from bot.commands import PRIVATE_COMMANDS
from pipeline.version import named
from tests import faces
from tests.botapi.faults import Hang, Refusal
from tests.botapi.fixtures import LaunchBot
from tests.botapi.server import BotApi
from tests.e2e.scenes import RENDER_S, SHORT_WORDS, log_says


@pytest.fixture(scope="session")
def bot_nursery() -> None:
    """Start every bot of this file by hand, as a deployment does."""


async def test_a_wrong_token_ends_with_one_sentence(server: BotApi, launch_bot: LaunchBot) -> None:
    server.fail("getMe", Refusal(401, "Unauthorized"))

    bot = await launch_bot(until_it_polls=False)

    assert await bot.ends(30) == 2
    assert "Telegram does not know this token" in bot.output
    assert "Traceback" not in bot.output


async def test_no_token_ends_with_one_sentence(server: BotApi, launch_bot: LaunchBot) -> None:
    bot = await launch_bot(until_it_polls=False, BOLTI_TELEGRAM__TOKEN=" ")

    assert await bot.ends(30) == 2
    assert "The bot needs a token" in bot.output
    assert "Traceback" not in bot.output


async def test_a_second_bot_on_the_token_ends_with_one_sentence(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    server.fail("getUpdates", Refusal(409, "Conflict: terminated by other getUpdates request"))

    bot = await launch_bot(until_it_polls=False)

    assert await bot.ends(30) == 2
    assert "Another process takes the updates of this bot" in bot.output
    await bot.leaves_nobody_behind()


async def test_telegram_away_at_the_start_is_waited_out(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    asha = server.user("Asha")
    await server.goes_away()
    bot = await launch_bot(until_it_polls=False, BOLTI_TELEGRAM__RETRY_S="0.2")
    await log_says(bot, "Telegram does not answer")
    await server.comes_back()
    await server.is_polled(30)

    await asha.sends_text("/help")
    await asha.sees("Send a photo of one face")


async def test_the_menu_shows_the_commands(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot()

    private = server.commands({"type": "all_private_chats"})

    assert [c["command"] for c in private] == list(PRIVATE_COMMANDS)
    assert all(c["description"] for c in private)


async def test_debug_logs_keep_the_token_and_the_words(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    bot = await launch_bot(BOLTI_LOG__LEVEL="DEBUG")
    asha = server.user("Asha")

    await asha.sends_text("a secret between us")
    await asha.sees("Got the words")
    server.fail("sendMessage", Refusal(400, "Bad Request: something odd"))
    await asha.sends_text("another secret")
    await asha.settles()

    bot.assert_keeps_the_token()
    assert "secret" not in bot.output


def test_the_bot_tells_its_version() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot", "--version"], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == f"bolti-bot {named()}"


async def test_a_second_signal_ends_the_process_at_once(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    bot = await launch_bot(BOLTI_TELEGRAM__DRAIN_S="60")
    asha = server.user("Asha")
    server.fail("sendVideo", Hang(60))
    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    await asha.waits_for(lambda: server.calls("sendVideo") or None, RENDER_S, "the upload")

    os.kill(bot.pid, signal.SIGTERM)
    await log_says(bot, "asked to stop")

    assert await bot.terminate(within_s=5) == 130
    await bot.leaves_nobody_behind()
