"""What an order says besides its video: the announcement, a failure, a cancellation."""

from __future__ import annotations

import pytest
from telegram.error import TimedOut

from bot.delivery.standing import status_sentence
from bot.texts import short_id
from pipeline import errors
from pipeline.line import Standing
from pipeline.types import Failure, JobId, Progress, Stage
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import BLOCKED, JOB, STATUS, finished_job
from tests.unit.bot.updates import ALICE, photo, text


async def test_the_announcement_is_silent_and_can_be_cancelled(bot: Bot) -> None:
    job = await finished_job(bot)

    receipt = await bot.delivery.announce(job, waiting_at(3))

    (call,) = bot.telegram.of("sendMessage")
    assert receipt.isdigit()
    assert call.text == f"⏳ <b>{short_id(JOB)}</b> is number 3 in line."
    assert call.values["disable_notification"] is True
    assert call.buttons == {"Cancel": f"cancel:{JOB}"}


async def test_nobody_to_announce_to_ends_the_order(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendMessage", BLOCKED)

    with pytest.raises(errors.OwnerUnreachable):
        await bot.delivery.announce(job, waiting_at(1))


async def test_an_announcement_waits_for_telegram(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendMessage", TimedOut())

    with pytest.raises(errors.DeliveryDelayed):
        await bot.delivery.announce(job, waiting_at(1))


async def test_a_failure_rings_with_its_sentence_and_the_status_goes(bot: Bot) -> None:
    job = await finished_job(bot)
    failure = Failure(
        code="script_too_long",
        detail="…",
        retryable=False,
        values={"duration_s": 80, "limit_s": 60},
    )

    await bot.delivery.fail(job, STATUS, failure)

    (call,) = bot.telegram.of("sendMessage")
    assert "about 80 seconds of speech; I can do 60" in call.text
    assert call.buttons == {}, "the same words would fail again"
    assert f"{short_id(JOB)} was not made. Nothing was counted." in call.text
    assert not call.values["disable_notification"]
    assert call.values["reply_parameters"]["message_id"] == 2
    assert bot.telegram.of("deleteMessage")


async def test_a_failure_that_may_have_arrived_is_said_in_the_status_and_not_sent_again(
    bot: Bot,
) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendMessage", TimedOut())
    failure = Failure(code="internal", detail="…", retryable=False)

    await bot.delivery.fail(job, STATUS, failure)
    await bot.delivery.fail(job, STATUS, failure)  # a crash came before the record of the step

    assert len(bot.telegram.of("sendMessage")) == 1
    edits = bot.telegram.of("editMessageText")
    assert all("was not made" in call.text for call in edits)
    assert all(list(call.buttons) == ["🔁 Try again"] for call in edits)
    assert bot.telegram.of("deleteMessage") == []


async def test_a_failure_of_the_gpu_offers_the_quick_engine_too(bot: Bot) -> None:
    job = await finished_job(bot)
    failure = Failure(code="weights_not_pulled", detail="…", retryable=False)

    await bot.delivery.fail(job, STATUS, failure)

    (call,) = bot.telegram.of("sendMessage")
    assert list(call.buttons) == ["🔁 Try again", "⚡ Quick version"]


async def test_a_failure_is_told_once_however_often_it_is_said(bot: Bot) -> None:
    job = await finished_job(bot)
    failure = Failure(code="internal", detail="…", retryable=False)

    await bot.delivery.fail(job, STATUS, failure)
    await bot.delivery.fail(job, STATUS, failure)

    assert len(bot.telegram.of("sendMessage")) == 1


async def test_a_cancelled_order_says_so_where_its_status_was(bot: Bot) -> None:
    job = await finished_job(bot)

    await bot.delivery.withdraw(job, STATUS)
    await bot.delivery.withdraw(job, STATUS)

    edits = bot.telegram.of("editMessageText")
    assert {e.text for e in edits} == {
        f"<b>{short_id(JOB)}</b> is cancelled. Nothing was counted."
    }
    assert {e.values["chat_id"] for e in edits} == {ALICE}
    assert bot.telegram.of("sendMessage") == []


GONE = Refusal(status=400, description="Bad Request: message to edit not found")
NOT_MODIFIED = Refusal(status=400, description="Bad Request: message is not modified")
NO_THREAD = Refusal(status=400, description="Bad Request: message thread not found")


async def test_an_announcement_finds_a_chat_whose_topic_is_gone(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendMessage", NO_THREAD)

    assert await bot.delivery.announce(job, waiting_at(1))

    assert "reply_parameters" not in bot.telegram.of("sendMessage")[1].values


async def test_the_offer_to_send_again_survives_a_deleted_status(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendVideo", TimedOut())
    bot.telegram.fails("editMessageText", GONE, GONE)

    await bot.delivery.deliver(job, STATUS)

    assert list(bot.telegram.of("sendMessage")[-1].buttons) == ["Send again"]


async def test_the_offer_to_send_again_waits_for_telegram(bot: Bot) -> None:
    job = await finished_job(bot)
    await bot.services.outbox.open(JOB)
    await bot.services.outbox.claim(JOB)
    bot.telegram.fails("editMessageText", TimedOut(), NOT_MODIFIED)

    with pytest.raises(errors.DeliveryDelayed):
        await bot.delivery.deliver(job, STATUS)
    await bot.delivery.deliver(job, STATUS)

    assert len(bot.telegram.of("editMessageText")) == 2
    assert bot.telegram.of("sendMessage") == []


async def test_a_failure_nobody_can_hear_is_no_error(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendMessage", BLOCKED)
    bot.telegram.fails("deleteMessage", BLOCKED)
    bot.telegram.fails("setMessageReaction", BLOCKED)

    await bot.delivery.fail(job, STATUS, Failure(code="internal", detail="…", retryable=False))


async def test_every_stage_has_a_sentence_and_only_a_measured_percentage(bot: Bot) -> None:
    said = [
        status_sentence(
            bot.app.texts,
            "en",
            JOB,
            Standing(progress=Progress(stage=stage, fraction=fraction)),
        )
        for stage in Stage
        for fraction in (None, 0.4)
    ]

    assert len(set(said)) == len(Stage) + 1
    assert sum("40%" in sentence for sentence in said) == 1


def waiting_at(position: int) -> Standing:
    return Standing(progress=Progress(stage=Stage.WAITING), position=position)


async def test_a_second_video_is_said_to_come_after_the_first(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."), text(3, "Good night."))
    second = bot.services.jobs.jobs[JobId("tg-000000000003")]
    bot.telegram.calls.clear()

    await bot.delivery.announce(second, waiting_at(2))

    assert bot.telegram.texts[0].endswith("number 2 in line.\nIt comes after your earlier video.")
