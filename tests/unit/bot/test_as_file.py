"""A video as a file: by the rules of the outbox, never twice, and its person hears how it went."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telegram.error import NetworkError, TimedOut

from pipeline import errors
from pipeline.types import Job, JobId, JobState
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import BLOCKED, JOB, STATUS, finished_job
from tests.unit.bot.test_delivery import caused, no_connection

WISH = JobId(f"{JOB}-file-10")


async def delivered(bot: Bot) -> Job:
    job = replace(await finished_job(bot), state=JobState.SUCCEEDED)
    await bot.delivery.deliver(job, STATUS)
    bot.telegram.calls.clear()
    return job


async def test_a_file_answers_the_video(bot: Bot) -> None:
    job = await delivered(bot)
    row = await bot.services.outbox.get(JOB)
    assert row is not None

    await bot.delivery.deliver_file(job, 10)

    (call,) = bot.telegram.of("sendDocument")
    assert str(call.values["reply_parameters"]["message_id"]) == row.message_id
    assert call.text.startswith("🤖 AI-generated")


async def test_a_wish_is_granted_once_however_often_it_is_taken_up(bot: Bot) -> None:
    job = await delivered(bot)

    await bot.delivery.deliver_file(job, 10)
    await bot.delivery.deliver_file(job, 10)

    assert len(bot.telegram.of("sendDocument")) == 1
    assert bot.telegram.texts == []


async def test_a_file_is_uploaded_once_and_then_goes_by_its_id(bot: Bot) -> None:
    job = await delivered(bot)

    await bot.delivery.deliver_file(job, 10)
    await bot.delivery.deliver_file(job, 11)

    first, again = bot.telegram.of("sendDocument")
    assert first.files != ()
    assert (again.files, again.values["document"]) == ((), "D1")


async def test_what_surely_was_not_sent_is_tried_again(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendDocument", caused(NetworkError("no"), no_connection()))

    with pytest.raises(errors.DeliveryDelayed):
        await bot.delivery.deliver_file(job, 10)
    await bot.delivery.deliver_file(job, 10)

    assert bot.telegram.texts == []
    assert await bot.services.outbox.copy_of(JOB) == "D1"


async def test_an_unknown_outcome_is_left_to_the_person(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendDocument", TimedOut())

    await bot.delivery.deliver_file(job, 10)
    await bot.delivery.deliver_file(job, 10)

    assert len(bot.telegram.of("sendDocument")) == 1
    assert "tap <b>As a file</b> again" in bot.telegram.texts[0]


async def test_a_bot_that_died_while_sending_does_not_send_again(bot: Bot) -> None:
    job = await delivered(bot)
    await bot.services.outbox.open(WISH, about=JOB)
    await bot.services.outbox.claim(WISH)

    await bot.delivery.deliver_file(job, 10)

    assert bot.telegram.of("sendDocument") == []
    assert "perhaps not arrived" in bot.telegram.texts[0]


async def test_a_file_that_telegram_refuses_is_told(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendDocument", Refusal(status=400, description="Bad Request: wrong file"))

    await bot.delivery.deliver_file(job, 10)

    assert "did not accept the file" in bot.telegram.texts[0]


async def test_whoever_blocked_the_bot_is_not_written_to_again(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendDocument", BLOCKED)
    bot.telegram.fails("sendMessage", BLOCKED)

    await bot.delivery.deliver_file(job, 10)


async def test_a_file_that_is_no_longer_kept_is_told(bot: Bot) -> None:
    job = await delivered(bot)
    await bot.services.store.delete_under(f"jobs/{JOB}")

    await bot.delivery.deliver_file(job, 10)

    assert "don't keep" in bot.telegram.texts[0]
    assert bot.telegram.of("sendDocument") == []
