"""The fixtures of the end-to-end tests: a server, and the real bot as a process on it.

``tests/e2e/conftest.py`` imports them. After each test the chat is written under
``out/transcripts/<test>/``, and then the server gives its verdict.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from pipeline.types import Owner
from tests import nursery
from tests.agreed import let_agree
from tests.botapi import transcript
from tests.botapi.process import ROOT, BotProcess
from tests.botapi.server import BotApi
from tests.botapi.state import FIRST_USER_ID

__all__ = ["bot_nursery", "bot_process", "launch_bot", "server"]

PEOPLE = [Owner(f"telegram:{FIRST_USER_ID + n}") for n in range(40)]
"""The first so many people of a test."""

IMPORTED = ("bot.__main__", "pipeline.bootstrap", "pipeline.jobs.work", "pipeline.worker")
"""What a bot imports until it polls."""
UNASKED = {"BOLTI_TELEGRAM__CONFIRM_ABOVE_S": "600"}
LaunchBot = Callable[..., Awaitable[BotProcess]]


@pytest.fixture
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BotApi]:
    """Serve one Bot API for one test; write its chat; fail if it was not clean."""
    name = re.sub(r"[^\w.-]+", "-", request.node.name).strip("-")
    async with BotApi.running() as api:
        yield api
        folder = ROOT / "out" / "transcripts" / name
        await asyncio.to_thread(transcript.write, api.state, folder, name.replace("_", " "))
        api.assert_clean()


@pytest.fixture(scope="session")
def bot_nursery() -> Iterator[nursery.Nursery | None]:
    """Give where bots are forked; a module that starts them by hand gives None instead."""
    with nursery.running(*IMPORTED) as ours:
        yield ours


@pytest.fixture
async def launch_bot(
    server: BotApi, tmp_path: Path, bot_nursery: nursery.Nursery | None
) -> AsyncIterator[LaunchBot]:
    """Start bots with settings of their own: ``await launch_bot(BOLTI_X__Y="1")``.

    ``until_it_polls=False`` returns at once, for a bot that is expected to end or to wait. People
    have agreed to the terms already, unless ``agreed=False``. Long scripts are made without a
    question, unless a test says from where on to ask.
    """
    bots: list[BotProcess] = []

    async def launch(
        *, until_it_polls: bool = True, agreed: bool = True, **settings: str
    ) -> BotProcess:
        folder = tmp_path / f"bot-{len(bots) + 1}"
        folder.mkdir()
        bot = BotProcess(server, folder, {**UNASKED, **settings}, nursery=bot_nursery)
        bots.append(bot)
        if agreed:
            await let_agree(bot.database_url, PEOPLE)
        await (bot.start() if until_it_polls else bot.launch())
        return bot

    yield launch
    for bot in bots:
        await bot.close()
        bot.assert_keeps_the_token()


@pytest.fixture
async def bot_process(launch_bot: LaunchBot) -> BotProcess:
    """Give a bot that runs with default settings and polls."""
    return await launch_bot()
