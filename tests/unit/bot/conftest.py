"""The real application over a Telegram that obeys, with real rows in a temporary folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from telegram import Update

from bot.address import owner_of
from bot.app import build
from bot.context import BotApplication
from bot.delivery import Delivery
from bot.texts import Texts, load_texts
from pipeline.bootstrap import Services
from pipeline.settings import Settings, read_settings
from pipeline.store.database import Database
from pipeline.types import Voice, VoiceId
from tests.fakes import TOKEN, FakeServices, FakeTelegram
from tests.unit.bot.updates import ALICE, BOB

ASHA = Voice(
    id=VoiceId("embedded-en-in-f"),
    provider="embedded",
    locale="en-IN",
    gender="female",
    label="Asha",
    quality="neural",
    online=False,
)


@dataclass(frozen=True, kw_only=True)
class Bot:
    """A bot that runs, its Telegram and its services."""

    app: BotApplication
    telegram: FakeTelegram
    services: FakeServices
    delivery: Delivery

    async def hears(self, *updates: dict[str, Any]) -> None:
        """Let the bot handle updates, one after the other."""
        for update in updates:
            await self.app.process_update(Update.de_json(update, self.app.bot))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def settings_in(folder: Path) -> Settings:
    """Give settings for a bot whose data lie in a folder."""
    return read_settings(
        {"BOLTI_TELEGRAM__TOKEN": TOKEN},
        {
            "data_dir": str(folder / "data"),
            "telegram.progress_interval_s": 0.05,
            "telegram.retry_s": 0.01,
        },
    ).settings


@pytest.fixture
def texts() -> Texts:
    return load_texts()


@pytest.fixture
async def bot(settings: Settings, texts: Texts) -> AsyncIterator[Bot]:
    async with running_bot(settings, texts) as bot:
        yield bot


@asynccontextmanager
async def running_bot(settings: Settings, texts: Texts) -> AsyncIterator[Bot]:
    """Let a bot run for the block; Alice and Bob have agreed to its wording."""
    database = Database(settings.database_url)
    await database.open()
    services = FakeServices(settings, database)
    for user in (ALICE, BOB):
        await services.consents.agree(owner_of(user), services.consents.wording("en").version)
    telegram = FakeTelegram()
    as_services = cast(Services, services)
    app = build(settings, as_services, texts, telegram)
    app.gathering.quiet_s = 3600.0  # tests say when a batch is whole
    await app.initialize()
    delivery = Delivery(app.bot, as_services, texts, {ASHA.id: ASHA})
    telegram.calls.clear()
    yield Bot(app=app, telegram=telegram, services=services, delivery=delivery)
    await app.gathering.close()
    await delivery.drain(0.1)
    await app.shutdown()
    await database.close()
