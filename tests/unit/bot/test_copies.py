"""A video once more: by the rules of the outbox, never twice, and its person hears how it went."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telegram.error import NetworkError, TimedOut

from pipeline import errors
from pipeline.types import CopyKind, Job, JobId, JobState, Shape
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import BLOCKED, JOB, RESULT, STATUS, finished_job
from tests.unit.bot.test_delivery import caused, no_connection

FILE, VIDEO = JobId(f"{JOB}-file-10"), JobId(f"{JOB}-copy-10")


async def delivered(bot: Bot) -> Job:
    job = replace(await finished_job(bot), state=JobState.SUCCEEDED)
    await bot.delivery.deliver(job, STATUS)
    bot.telegram.calls.clear()
    return job


async def test_a_file_answers_the_video(bot: Bot) -> None:
    job = await delivered(bot)
    row = await bot.services.outbox.get(JOB)
    assert row is not None

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)

    (call,) = bot.telegram.of("sendDocument")
    assert str(call.values["reply_parameters"]["message_id"]) == row.message_id
    assert call.text.startswith("🤖 AI-generated")


async def test_a_wish_is_granted_once_however_often_it_is_taken_up(bot: Bot) -> None:
    job = await delivered(bot)

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)
    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)

    assert len(bot.telegram.of("sendDocument")) == 1
    assert bot.telegram.texts == []


async def test_a_file_is_uploaded_once_and_then_goes_by_its_id(bot: Bot) -> None:
    job = await delivered(bot)

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)
    await bot.delivery.deliver_copy(job, CopyKind.FILE, 11)

    first, again = bot.telegram.of("sendDocument")
    assert first.files != ()
    assert (again.files, again.values["document"]) == ((), "D1")


async def test_what_surely_was_not_sent_is_tried_again(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendDocument", caused(NetworkError("no"), no_connection()))

    with pytest.raises(errors.DeliveryDelayed):
        await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)
    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)

    assert bot.telegram.texts == []
    assert await bot.services.outbox.copy_of(JOB, CopyKind.FILE) == "D1"


async def test_an_unknown_outcome_is_left_to_the_person(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendDocument", TimedOut())

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)
    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)

    assert len(bot.telegram.of("sendDocument")) == 1
    assert "tap <b>As a file</b> again" in bot.telegram.texts[0]


async def test_a_bot_that_died_while_sending_does_not_send_again(bot: Bot) -> None:
    job = await delivered(bot)
    await bot.services.outbox.open(FILE, about=JOB)
    await bot.services.outbox.claim(FILE)

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)

    assert bot.telegram.of("sendDocument") == []
    assert "perhaps not arrived" in bot.telegram.texts[0]


async def test_a_file_that_telegram_refuses_is_told(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendDocument", Refusal(status=400, description="Bad Request: wrong file"))

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)

    assert "did not accept the file" in bot.telegram.texts[0]


async def test_whoever_blocked_the_bot_is_not_written_to_again(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendDocument", BLOCKED)
    bot.telegram.fails("sendMessage", BLOCKED)

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)


async def test_a_file_that_is_no_longer_kept_is_told(bot: Bot) -> None:
    job = await delivered(bot)
    await bot.services.store.delete_under(f"jobs/{JOB}")

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 10)

    assert "don't keep" in bot.telegram.texts[0]
    assert bot.telegram.of("sendDocument") == []


async def test_a_video_comes_again_by_its_id_as_an_answer_to_the_first(bot: Bot) -> None:
    job = await delivered(bot)
    row = await bot.services.outbox.get(JOB)
    assert row is not None

    await bot.delivery.deliver_copy(job, CopyKind.VIDEO, 10)
    await bot.delivery.deliver_copy(job, CopyKind.VIDEO, 10)

    (call,) = bot.telegram.of("sendVideo")
    assert (call.files, call.values["video"]) == ((), "F1")
    assert str(call.values["reply_parameters"]["message_id"]) == row.message_id
    assert "🔁 Another voice" in call.buttons


async def test_a_bot_that_died_while_sending_a_video_again_says_so_and_sends_nothing(
    bot: Bot,
) -> None:
    job = await delivered(bot)
    await bot.services.outbox.open(VIDEO, about=JOB)
    await bot.services.outbox.claim(VIDEO)

    await bot.delivery.deliver_copy(job, CopyKind.VIDEO, 10)

    assert bot.telegram.of("sendVideo") == []
    assert "tap the same button again" in bot.telegram.texts[0]


async def test_a_video_sent_again_is_not_taken_for_its_file(bot: Bot) -> None:
    job = await delivered(bot)
    await bot.delivery.deliver_copy(job, CopyKind.VIDEO, 10)

    await bot.delivery.deliver_copy(job, CopyKind.FILE, 11)

    (file,) = bot.telegram.of("sendDocument")
    assert file.files != ()


async def test_a_video_that_telegram_does_not_send_again_is_told(bot: Bot) -> None:
    job = await delivered(bot)
    bot.telegram.fails("sendVideo", Refusal(status=400, description="Bad Request: wrong file"))

    await bot.delivery.deliver_copy(job, CopyKind.VIDEO, 10)

    assert "did not send the video once more" in bot.telegram.texts[0]


async def test_a_long_round_video_went_as_a_square_and_comes_again_as_one(bot: Bot) -> None:
    job = await finished_job(bot)
    long = replace(RESULT, shape=Shape.ROUND, duration_s=61.0)
    job = replace(job, result=long, state=JobState.SUCCEEDED)
    await bot.delivery.deliver(job, STATUS)

    await bot.delivery.deliver_copy(job, CopyKind.VIDEO, 10)

    assert len(bot.telegram.of("sendVideo")) == 2
    assert bot.telegram.of("sendVideoNote") == []
