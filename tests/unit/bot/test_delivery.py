"""Never two, never none: what each answer of Telegram does to the outbox and to the chat."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from telegram.error import NetworkError, TimedOut

from bot.address import unpack_address
from bot.texts import short_id
from pipeline import errors
from pipeline.store.outbox import OutboxState
from pipeline.types import (
    JobId,
    Note,
    Shape,
    VoiceId,
)
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import BLOCKED, JOB, STATUS, VOICE, finished_job
from tests.unit.bot.updates import text


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


def no_connection() -> aiohttp.ClientConnectorError:
    key = ConnectionKey("telegram", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError("no way out"))


async def state_of(bot: Bot) -> OutboxState:
    row = await bot.services.outbox.get(JOB)
    assert row is not None
    return row.state


async def test_the_video_is_a_reply_with_its_geometry_and_caption(bot: Bot) -> None:
    job = await finished_job(bot)

    await bot.delivery.deliver(job, STATUS)

    (call,) = bot.telegram.of("sendVideo")
    assert call.values["reply_parameters"]["message_id"] == 2
    assert (call.values["width"], call.values["height"]) == (384, 512)
    assert call.values["duration"] == 8
    assert call.values["supports_streaming"] is True
    assert set(call.files) >= {"video"}
    assert len(call.files) == 3  # and the thumbnail, and the cover
    assert call.text == f"🤖 AI-generated · Asha · 8 s · {short_id(JOB)}"
    assert await state_of(bot) is OutboxState.SENT


async def test_a_caption_in_hindi_names_the_voice_in_hindi(bot: Bot) -> None:
    job = await finished_job(bot)
    address = replace(unpack_address(job.reply_to), language="hi")

    await bot.delivery.deliver(replace(job, reply_to=address.pack()), STATUS)

    assert "Asha (भारतीय अंग्रेज़ी, महिला)" in bot.telegram.of("sendVideo")[0].text


async def test_the_status_message_goes_after_the_video(bot: Bot) -> None:
    job = await finished_job(bot)

    await bot.delivery.deliver(job, STATUS)

    methods = [call.method for call in bot.telegram.calls]
    assert methods.index("deleteMessage") > methods.index("sendVideo")
    assert bot.telegram.of("deleteMessage")[0].values["message_id"] == int(STATUS)


async def test_delivering_again_after_a_crash_sends_nothing(bot: Bot) -> None:
    job = await finished_job(bot)
    await bot.delivery.deliver(job, STATUS)

    await bot.delivery.deliver(job, STATUS)

    assert len(bot.telegram.of("sendVideo")) == 1


async def test_a_fallback_voice_is_named(bot: Bot) -> None:
    job = await finished_job(bot, VoiceId("backup"))

    await bot.delivery.deliver(job, STATUS)

    assert (
        "Asha is not available just now, so backup spoke." in bot.telegram.of("sendVideo")[0].text
    )


@pytest.mark.parametrize("voice_id", [VOICE, VoiceId("backup"), None])
async def test_a_video_of_lower_detail_says_so_last(bot: Bot, voice_id: VoiceId | None) -> None:
    job = await finished_job(bot, voice_id)
    assert job.result is not None
    job = replace(job, result=replace(job.result, notes=(Note.LOWER_DETAIL,)))

    await bot.delivery.deliver(job, STATUS)

    lines = bot.telegram.of("sendVideo")[0].text.splitlines()
    assert lines[0].startswith("🤖 AI-generated")
    assert lines[-1] == "Made at a lower detail this time."


@pytest.mark.parametrize("shape", [Shape.ORIGINAL, Shape.ROUND])
async def test_a_video_may_take_minutes_to_upload(bot: Bot, shape: Shape) -> None:
    job = await finished_job(bot)
    assert job.result is not None

    await bot.delivery.deliver(replace(job, result=replace(job.result, shape=shape)), STATUS)

    (sent,) = bot.telegram.of("sendVideo", "sendVideoNote")
    assert sent.limits["write_timeout"] == 300
    assert sent.limits["read_timeout"] == 120


@pytest.mark.parametrize(
    "fault",
    [
        TimedOut(),
        Refusal(status=502, description="Bad Gateway"),
        caused(NetworkError("broken pipe"), aiohttp.ClientOSError("broken pipe")),
        caused(TimedOut(), aiohttp.SocketTimeoutError("no answer")),
    ],
    ids=["timeout", "502", "write error", "read timeout"],
)
async def test_an_unknown_outcome_is_never_sent_again_by_itself(
    bot: Bot, fault: Exception | Refusal
) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendVideo", fault)

    await bot.delivery.deliver(job, STATUS)
    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot) is OutboxState.UNKNOWN
    assert len(bot.telegram.of("sendVideo")) == 1
    edit = bot.telegram.of("editMessageText")[-1]
    assert edit.text == f"If the video {short_id(JOB)} hasn't arrived, tap below."
    assert list(edit.buttons) == ["Send again"]


async def test_a_process_that_died_while_sending_leaves_it_unknown(bot: Bot) -> None:
    job = await finished_job(bot)
    await bot.services.outbox.open(JOB)
    assert await bot.services.outbox.claim(JOB)

    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot) is OutboxState.UNKNOWN
    assert bot.telegram.of("sendVideo") == []


async def test_send_again_sends_the_stored_video_once(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendVideo", TimedOut())
    await bot.delivery.deliver(job, STATUS)
    assert await bot.services.outbox.again(JOB, 1) == 2

    await bot.delivery.deliver(job, STATUS)

    assert len(bot.telegram.of("sendVideo")) == 2
    assert await state_of(bot) is OutboxState.SENT


@pytest.mark.parametrize("cause", [no_connection(), aiohttp.ConnectionTimeoutError("no way")])
async def test_what_never_left_is_tried_again(bot: Bot, cause: Exception) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendVideo", caused(TimedOut(), cause))

    with pytest.raises(errors.DeliveryDelayed):
        await bot.delivery.deliver(job, STATUS)
    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot) is OutboxState.SENT
    assert len(bot.telegram.of("sendVideo")) == 2


async def test_too_many_requests_are_waited_out(bot: Bot) -> None:
    job = await finished_job(bot)
    wait = Refusal(status=429, description="Too Many Requests", parameters={"retry_after": 1})
    bot.telegram.fails("sendVideo", wait)

    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot) is OutboxState.SENT


async def test_a_blocked_bot_gives_up_and_frees_the_studio(bot: Bot) -> None:
    job = await finished_job(bot)
    await bot.hears(text(3, "Good night."))
    bot.telegram.fails("sendVideo", BLOCKED)
    bot.telegram.fails("editMessageText", BLOCKED, BLOCKED)

    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot) is OutboxState.REFUSED
    assert bot.services.jobs.jobs[JobId("tg-000000000003")].state.is_final


@pytest.mark.parametrize(
    "fault",
    [
        Refusal(status=413, description="Request Entity Too Large"),
        Refusal(status=400, description="Bad Request: VIDEO_FILE_INVALID"),
    ],
    ids=["413", "400"],
)
async def test_a_refused_video_is_told(bot: Bot, fault: Refusal) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("sendVideo", fault)

    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot) is OutboxState.REFUSED
    assert "Telegram did not accept" in bot.telegram.of("editMessageText")[-1].text
    assert "😢" in str(bot.telegram.of("setMessageReaction")[-1].values["reaction"])


async def test_a_request_that_cannot_be_replied_to_gets_its_video(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails(
        "sendVideo", Refusal(status=400, description="Bad Request: message thread not found")
    )

    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot) is OutboxState.SENT
    assert "reply_parameters" not in bot.telegram.of("sendVideo")[1].values


async def test_a_chat_that_moved_gets_its_video(bot: Bot) -> None:
    job = await finished_job(bot)
    moved = Refusal(
        status=400, description="Bad Request", parameters={"migrate_to_chat_id": -100500}
    )
    bot.telegram.fails("sendVideo", moved)

    await bot.delivery.deliver(job, STATUS)

    assert bot.telegram.of("sendVideo")[1].values["chat_id"] == -100500


async def test_a_status_message_that_is_gone_counts_as_removed(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails(
        "deleteMessage",
        Refusal(status=400, description="Bad Request: message to delete not found"),
    )

    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot) is OutboxState.SENT


async def test_a_video_that_is_no_longer_stored_is_refused_in_words(bot: Bot) -> None:
    job = await finished_job(bot)
    await bot.services.store.delete_under(f"jobs/{JOB}")

    await bot.delivery.deliver(job, STATUS)

    assert bot.telegram.of("sendVideo") == []
    assert await state_of(bot) is OutboxState.REFUSED
    assert bot.telegram.of("editMessageText")
