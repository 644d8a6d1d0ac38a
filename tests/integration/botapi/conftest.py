"""A server, somebody in a chat, and python-telegram-bot as the client that believes us nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.botapi.people import Person
from tests.botapi.server import BotApi


@pytest.fixture(autouse=True)
def periods_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the client for the way in which it will tell periods from its next version on."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi.running() as running:
        yield running


@pytest.fixture
def asha(api: BotApi) -> Person:
    return api.user("Asha")


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with client(api, api.token) as started:
        yield started


def client(api: BotApi, token: str, *, local_mode: bool = False) -> Bot:
    request = HTTPXRequest(read_timeout=2, media_write_timeout=10)
    polling = HTTPXRequest(read_timeout=5)
    return Bot(
        token,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=request,
        get_updates_request=polling,
        local_mode=local_mode,
    )
