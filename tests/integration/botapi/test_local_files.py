"""Files of a Bot API server of one's own, up to 2 GB: by path, under our limits, in no memory."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot

from bot.drafting.downloads import download, refuse_by_size
from pipeline import errors
from tests.botapi import samples
from tests.botapi.people import Person
from tests.botapi.server import BotApi
from tests.integration.botapi.conftest import client

LARGE_BYTES = 1_990_000_000
LIMIT_BYTES = 2_000_000_000
PEAK_BYTES = 20_000_000
"""What a fetch may hold at most, whatever it fetches."""


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    """A client that believes to share this machine's files with its server."""
    async with client(api, api.token, local_mode=True) as started:
        yield started


async def large_file(api: BotApi, bot: Bot, asha: Person, folder: Path) -> str:
    """Let somebody send a file that turns out to be large; give its id."""
    shared = folder / "server"
    shared.mkdir()
    api.shares_files_in(shared)
    await asha.sends_document(samples.picture(folder / "me.png"), "video/mp4")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    file_id = update.message.document.file_id
    await bot.get_file(file_id)  # now the server has put it there
    (path,) = shared.iterdir()
    os.truncate(path, LARGE_BYTES)  # a hole: it takes no room
    return file_id


async def test_a_file_beyond_the_limit_is_refused_with_both_sizes_and_not_copied(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    file_id = await large_file(api, bot, asha, tmp_path)

    with pytest.raises(errors.VideoTooLarge) as refused:
        await download(bot, file_id, tmp_path / "sent", 200_000_000, errors.VideoTooLarge)

    assert refused.value.values() == {"what": "1990.0 MB", "limit": "200 MB"}
    assert not (tmp_path / "sent").exists()


async def test_telegrams_own_limit_does_not_hold_there_and_ours_does(bot: Bot) -> None:
    refuse_by_size(bot, LIMIT_BYTES, LIMIT_BYTES, errors.VideoTooLarge)

    with pytest.raises(errors.VideoTooLarge):
        refuse_by_size(bot, LIMIT_BYTES + 1, LIMIT_BYTES, errors.VideoTooLarge)


@pytest.mark.slow
async def test_two_gigabytes_are_fetched_and_memory_does_not_grow(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    file_id = await large_file(api, bot, asha, tmp_path)
    into = tmp_path / "sent"

    tracemalloc.start()
    try:
        await download(bot, file_id, into, LIMIT_BYTES, errors.VideoTooLarge)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    size_bytes = (await asyncio.to_thread(into.stat)).st_size
    await asyncio.to_thread(into.unlink)

    assert size_bytes == LARGE_BYTES
    assert peak_bytes < PEAK_BYTES
