"""A file that somebody sent is fetched through a Telegram that flaps."""

from __future__ import annotations

from pathlib import Path

import pytest
from telegram import Bot

from bot.drafting.downloads import ATTEMPTS, download
from pipeline import errors
from tests import faces
from tests.botapi.faults import Drop, ServerError
from tests.botapi.people import Person
from tests.botapi.server import BotApi

FLAPS = (Drop(), ServerError(502), Drop(), ServerError(500), Drop())


async def photo_of(asha: Person, bot: Bot) -> str:
    await asha.sends_photo(faces.hopper(), "")
    (update,) = await bot.get_updates()
    assert update.message is not None
    return update.message.photo[-1].file_id


async def test_it_arrives_at_the_last_attempt(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    file_id = await photo_of(asha, bot)
    api.fail("getFile", *FLAPS)

    sent = await download(bot, file_id, tmp_path / "sent", 10_000_000, pause_s=0.0)

    assert len(FLAPS) == ATTEMPTS - 1
    assert sent.read_bytes()[:2] == b"\xff\xd8"


async def test_a_telegram_that_stays_away_is_an_error_of_the_tree(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    file_id = await photo_of(asha, bot)
    api.fail("getFile", *FLAPS, Drop())

    with pytest.raises(errors.FileNotFetched):
        await download(bot, file_id, tmp_path / "sent", 10_000_000, pause_s=0.0)
