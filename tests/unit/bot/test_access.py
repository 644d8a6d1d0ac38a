"""The gate: who is heard, what the others read, and what no limit counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.address import order_id, owner_of
from pipeline.settings import Settings
from pipeline.settings.access import AccessSettings
from pipeline.store.access import Standing
from pipeline.types import JobState
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, BOB, photo, text

CLOSED = "This bot is only for people who were invited"
GROUP = -1001


@pytest.fixture
def settings(settings: Settings, access: AccessSettings) -> Settings:
    return settings.model_copy(update={"access": access})


@pytest.fixture
def access() -> AccessSettings:
    return AccessSettings(mode="allow_list", allowed=(BOB,))


@pytest.mark.parametrize("access", [AccessSettings()])
async def test_an_open_bot_hears_everybody(bot: Bot) -> None:
    await bot.hears(text(1, "/start"), photo(2, user=BOB))

    assert bot.telegram.texts[0].startswith("👋 Namaste")
    assert bot.telegram.texts[1].startswith("One clear face")


async def test_whoever_is_not_on_the_list_reads_one_kind_sentence(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "/start"), text(3, "Good morning.", user=BOB))

    first, second, third = bot.telegram.texts
    assert first == second
    assert first.startswith(CLOSED)
    assert third.startswith("Got the words")
    assert bot.telegram.of("getFile") == []


async def test_what_everybody_is_owed_passes(bot: Bot) -> None:
    await bot.services.community.access.set_standing(owner_of(ALICE), Standing.BANNED)

    await bot.hears(text(1, "/privacy"))

    assert bot.telegram.texts[0].startswith("<b>What I keep</b>")


@pytest.mark.parametrize("access", [AccessSettings(mode="invite")])
async def test_an_invitation_lets_in_whoever_opens_it_first(bot: Bot) -> None:
    token = await bot.services.community.access.invite(
        uses=1, expires_at=datetime.now(UTC) + timedelta(days=1)
    )

    await bot.hears(text(1, "/start"), text(2, f"/start i_{token}"), text(3, "Good morning."))
    await bot.hears(text(4, f"/start i_{token}", user=BOB), text(5, "/start i_made-up", user=BOB))

    before, welcome, words, late, made_up = bot.telegram.texts
    assert before.startswith(CLOSED)
    assert welcome.startswith("👋 Namaste")
    assert words.startswith("Got the words")
    assert late == made_up == "This invitation is no longer good. Please ask for a new one."


@pytest.mark.parametrize("access", [AccessSettings(allowed=(BOB,))])
async def test_a_ban_goes_before_every_list(bot: Bot) -> None:
    await bot.services.community.access.set_standing(owner_of(BOB), Standing.BANNED)

    await bot.hears(photo(1, user=BOB))
    await bot.services.community.access.set_standing(owner_of(BOB), Standing.ORDINARY)
    await bot.hears(photo(2, user=BOB))

    assert bot.telegram.texts[0].startswith("I can't make videos for you any more.")
    assert bot.telegram.texts[1].startswith("One clear face")


async def test_in_a_group_only_commands_for_this_bot_are_answered(bot: Bot) -> None:
    await bot.hears(
        text(1, "hello bot", chat=GROUP),
        text(2, "/say@other_bot hello", chat=GROUP),
        text(3, "/say hello", chat=GROUP),
    )

    assert len(bot.telegram.texts) == 1
    assert bot.telegram.texts[0].startswith(CLOSED)


@pytest.mark.parametrize("access", [AccessSettings(jobs_per_day=2)])
async def test_the_day_has_a_limit_and_cancelled_videos_are_not_counted(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "One."), text(3, "Two."), text(4, "Three."))
    assert bot.telegram.texts[-1].startswith("You have made 2 videos today.")
    assert order_id(4) not in bot.services.jobs.jobs
    assert [job.state for job in bot.services.jobs.jobs.values()] == [JobState.QUEUED] * 2


@pytest.mark.parametrize("access", [AccessSettings(jobs_per_day=1)])
async def test_an_order_that_is_refused_for_other_reasons_uses_nothing_up(bot: Bot) -> None:
    bot.services.jobs.limit = 0
    await bot.hears(photo(1), text(2, "One."))
    bot.services.jobs.limit = 3

    await bot.hears(text(3, "One again."))

    assert order_id(3) in bot.services.jobs.jobs


@pytest.mark.parametrize("access", [AccessSettings(jobs_per_day=5)])
async def test_help_tells_each_their_limits(bot: Bot) -> None:
    await bot.services.community.access.set_jobs_per_day(owner_of(BOB), 0)

    await bot.hears(text(1, "/help"), text(2, "/help", user=BOB))

    alices, bobs = bot.telegram.texts
    assert "You can have 3 videos in progress at a time. In all 5 videos a day;" in alices
    assert "3 videos in progress at a time.\n" in bobs
    assert "a day" not in bobs


@pytest.mark.parametrize("access", [AccessSettings(jobs_per_day=1)])
async def test_one_may_have_a_limit_of_their_own(bot: Bot) -> None:
    await bot.services.community.access.set_jobs_per_day(owner_of(ALICE), 0)

    await bot.hears(photo(1), text(2, "One."), text(3, "Two."))

    assert len(bot.services.jobs.jobs) == 2


@pytest.mark.parametrize("access", [AccessSettings(jobs_per_day=1, admins=(ALICE,))])
async def test_an_admin_has_no_daily_limit(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "One."), text(3, "Two."))

    assert len(bot.services.jobs.jobs) == 2
