"""What admins keep the service up with: numbers, maintenance, the level of the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.address import owner_of
from pipeline.line import LineMode, OpenLimits
from pipeline.settings import Settings
from pipeline.settings.access import AccessSettings
from pipeline.store.orders import Orders
from pipeline.types import JobId
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import RESULT
from tests.unit.bot.test_admin import acts
from tests.unit.bot.updates import ALICE, BOB, photo, text


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"access": AccessSettings(admins=(ALICE,))})


@pytest.fixture
def level_before() -> Iterator[int]:
    root = logging.getLogger()
    before = root.level
    yield before
    root.setLevel(before)


async def test_in_maintenance_whoever_orders_reads_the_operators_words(bot: Bot) -> None:
    await bot.hears(text(1, "/maintenance on \u201cBack at <6> pm.\u201d"))
    await bot.hears(photo(2, user=BOB), text(3, "Good morning.", user=BOB))

    told, *_, refused = bot.telegram.texts
    assert bot.services.jobs.jobs == {}
    assert refused.startswith("Back at &lt;6&gt; pm.\n\nI take no new videos just now")
    assert told.endswith(refused), "the operator sees what people will read"
    assert len(await acts(bot)) == 1
    assert "Back at" not in "".join(await acts(bot)), "the trail holds no words"


async def test_after_maintenance_the_line_is_open(bot: Bot) -> None:
    await bot.hears(text(1, "/maintenance on"), text(2, "/maintenance off"))

    assert bot.services.jobs.line is LineMode.OPEN
    assert "I take no new videos for a short while" in bot.telegram.texts[0]
    assert bot.telegram.texts[1] == "The line is open again."
    assert len(await acts(bot)) == 2


@pytest.mark.parametrize("words", ["", "tomorrow", "onn"])
async def test_maintenance_without_on_or_off_says_how(bot: Bot, words: str) -> None:
    await bot.hears(text(1, f"/maintenance {words}"))

    assert bot.services.jobs.line is LineMode.OPEN
    assert "/maintenance on We are back" in bot.telegram.texts[0]


async def test_the_level_of_the_log_changes_and_is_told(bot: Bot, level_before: int) -> None:
    await bot.hears(text(1, "/loglevel Error"), text(2, "/loglevel"), text(3, "/loglevel all"))

    assert logging.getLogger().level == logging.ERROR
    changed, asked, wrong = bot.telegram.texts
    assert changed == "This process now logs from ERROR on, until its next start."
    assert asked == wrong
    assert asked.startswith("This process logs from ERROR on.")
    assert len(await acts(bot)) == 1


async def test_stats_count_what_became_of_orders(bot: Bot) -> None:
    orders, who = Orders(bot.services.database), owner_of(BOB)
    for id in (JobId("tg-1"), JobId("tg-2"), JobId("tg-3")):
        await orders.add(id, owner=who, reply_to="", limits=OpenLimits(owner=9), speech_s=95.0)
    await orders.start_sending(JobId("tg-1"), RESULT)
    await orders.succeed(JobId("tg-1"))
    await orders.cancel(JobId("tg-2"), by=who)

    await bot.hears(text(1, "/stats"))

    first, *lines = bot.telegram.texts[0].splitlines()
    counted = "3 by 1 people; 1 made (2 min of speech), 0 failed, 1 cancelled"
    assert first == "<b>Orders of the last days</b>"
    spans = ("24 hours", "7 days", "30 days", "90 days")
    assert lines == [f"{span}: {counted}" for span in spans]
