"""The bot copies its database by itself, when the operator wants that; /status tells how old."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.app import back_up
from pipeline.store.backups import Backups
from tests.unit.bot.conftest import Bot


async def test_the_bot_backs_up_once_an_hour_and_only_where_that_is_switched_on(
    bot: Bot, tmp_path: Path
) -> None:
    services, folder = bot.services, tmp_path / "copies"
    await back_up(bot.app)  # a database with tools of its own
    assert services.database.file is not None
    services.backups = Backups(services.database.file, folder)
    on = services.settings
    off = on.model_copy(update={"store": on.store.model_copy(update={"backups": False})})

    services.settings = off
    await back_up(bot.app)
    assert not folder.exists()
    services.settings = on
    await back_up(bot.app)
    await back_up(bot.app)

    assert len(list(folder.iterdir())) == 1
    newest = await services.backups.newest()
    assert newest is not None
    assert (datetime.now(UTC) - newest).total_seconds() < 60
