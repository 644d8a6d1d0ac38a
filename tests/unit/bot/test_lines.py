"""The status line of a group: none for a video that comes soon, one where somebody waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from telegram.error import TimedOut

from bot.address import Address
from bot.delivery import Delivery
from pipeline.bootstrap import Services
from pipeline.line import Standing
from pipeline.types import Failure, Job, Progress, Stage
from tests.fakes import Refusal
from tests.unit.bot.conftest import ASHA, Bot
from tests.unit.bot.finished import RESULT, finished_job
from tests.unit.bot.waiting import until

CLUB = Address(chat_id=-1001, message_id=5)
IN_LINE = Standing(progress=Progress(stage=Stage.WAITING), position=1)


def lips(percent: int) -> Standing:
    return Standing(progress=Progress(stage=Stage.SYNCING, fraction=percent / 100))


async def order_in_club(bot: Bot, *, waited_s: float = 0.0) -> Job:
    """Give an order of a group that was placed so long ago."""
    asked_at = datetime.now(UTC) - timedelta(seconds=waited_s)
    return replace(await finished_job(bot), reply_to=CLUB.pack(), created_at=asked_at)


def said(bot: Bot) -> list[str]:
    return [call.text for call in bot.telegram.of("sendMessage")]


async def test_a_video_that_comes_soon_is_the_only_message(bot: Bot) -> None:
    job = await order_in_club(bot)

    receipt = await bot.delivery.announce(job, IN_LINE)
    await bot.delivery.show(job, receipt, lips(50))
    await bot.delivery.deliver(job, receipt)

    assert len(bot.telegram.of("sendVideo")) == 1
    assert said(bot) == []
    assert bot.telegram.of("deleteMessage") == []


async def test_whoever_waits_reads_one_silent_line_that_goes_with_the_video(bot: Bot) -> None:
    job = await order_in_club(bot, waited_s=15)

    receipt = await bot.delivery.announce(job, IN_LINE)
    await until(lambda: len(said(bot)) == 1)
    await bot.delivery.deliver(job, receipt)

    (line,) = bot.telegram.of("sendMessage")
    assert "is next in line" in line.text
    assert line.values["disable_notification"] is True
    assert line.buttons == {"Cancel": f"cancel:{job.id}"}
    assert len(bot.telegram.of("deleteMessage")) == 1


async def test_the_line_is_found_again_after_a_crash(bot: Bot) -> None:
    job = await order_in_club(bot, waited_s=15)
    receipt = await bot.delivery.announce(job, IN_LINE)
    await until(lambda: len(said(bot)) == 1)
    services = cast(Services, bot.services)
    after = Delivery(bot.app.bot, services, bot.app.texts, {ASHA.id: ASHA})

    await after.show(job, receipt, lips(40))
    await after.deliver(job, receipt)

    assert len(said(bot)) == 1
    assert len(bot.telegram.of("deleteMessage")) == 1


async def test_a_line_that_may_have_arrived_is_not_sent_again(bot: Bot) -> None:
    job = await order_in_club(bot, waited_s=15)
    bot.telegram.fails("sendMessage", TimedOut())

    receipt = await bot.delivery.announce(job, IN_LINE)
    await until(lambda: len(said(bot)) == 1)
    await bot.delivery.show(job, receipt, lips(40))
    await bot.delivery.deliver(job, receipt)

    assert len(said(bot)) == 1
    assert len(bot.telegram.of("sendVideo")) == 1


async def test_a_group_that_is_mute_keeps_nobody_from_the_video(bot: Bot) -> None:
    job = await order_in_club(bot, waited_s=15)
    bot.telegram.fails("sendMessage", Refusal(status=403, description="Forbidden: no rights"))

    receipt = await bot.delivery.announce(job, IN_LINE)
    await until(lambda: len(said(bot)) == 1)
    await bot.delivery.deliver(job, receipt)

    assert len(bot.telegram.of("sendVideo")) == 1


async def test_a_failure_before_the_line_is_said_once(bot: Bot) -> None:
    job = await order_in_club(bot)
    receipt = await bot.delivery.announce(job, IN_LINE)
    failure = Failure(code="no_face", detail="…", retryable=False)

    await bot.delivery.fail(job, receipt, failure)

    (told,) = said(bot)
    assert "was not made" in told
    assert bot.telegram.of("deleteMessage") == []


async def test_a_cancellation_before_the_line_is_said_silently(bot: Bot) -> None:
    job = await order_in_club(bot)
    receipt = await bot.delivery.announce(job, IN_LINE)

    await bot.delivery.withdraw(job, receipt)

    (told,) = bot.telegram.of("sendMessage")
    assert "is cancelled" in told.text
    assert told.values["disable_notification"] is True


async def test_a_preview_brings_the_line_that_it_lies_in(bot: Bot) -> None:
    job = await order_in_club(bot)
    receipt = await bot.delivery.announce(job, IN_LINE)

    await bot.delivery.show_preview(job, receipt, RESULT)

    assert len(said(bot)) == 1
    (laid,) = bot.telegram.of("editMessageMedia")
    assert laid.values["chat_id"] == CLUB.chat_id
