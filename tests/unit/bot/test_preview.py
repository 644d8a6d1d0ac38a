"""The quick preview: laid into the status message, marked, and gone when the video comes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telegram.error import TimedOut

from pipeline import errors
from pipeline.line import Standing
from pipeline.types import ArtifactKey, Progress, RenderResult, Stage
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import STATUS, finished_job
from tests.unit.bot.waiting import until

NO_TEXT = Refusal(status=400, description="Bad Request: there is no text in the message to edit")


async def preview_of(bot: Bot) -> RenderResult:
    job = await finished_job(bot)
    assert job.result is not None
    key = ArtifactKey(f"jobs/{job.id}/preview-out.mp4")
    await bot.services.store.put_bytes(b"the preview", key)
    return replace(job.result, video=key)


async def test_it_is_an_edit_of_the_status_message_and_says_what_it_is(bot: Bot) -> None:
    preview, job = await preview_of(bot), await finished_job(bot)

    await bot.delivery.show_preview(job, STATUS, preview)

    (call,) = bot.telegram.of("editMessageMedia")
    assert call.values["message_id"] == int(STATUS)
    assert "A quick preview" in call.values["media"]["caption"]
    assert "Cancel" in call.buttons
    assert bot.telegram.of("sendVideo", "sendMessage") == []


async def test_what_the_status_says_afterwards_is_its_caption(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("editMessageText", NO_TEXT)

    moving = Progress(stage=Stage.SYNCING, fraction=0.5)
    await bot.delivery.show(job, STATUS, Standing(progress=moving))
    await until(lambda: bool(bot.telegram.of("editMessageCaption")))

    (call,) = bot.telegram.of("editMessageCaption")
    assert "A quick preview" in call.text
    assert "50%" in call.text


async def test_a_cancelled_preview_says_so(bot: Bot) -> None:
    job = await finished_job(bot)
    bot.telegram.fails("editMessageText", NO_TEXT)

    await bot.delivery.withdraw(job, STATUS)

    (call,) = bot.telegram.of("editMessageCaption")
    assert "cancelled" in call.text
    assert "preview" not in call.text
    assert bot.telegram.texts == []


async def test_shown_again_after_a_crash_it_is_the_same_edit(bot: Bot) -> None:
    preview, job = await preview_of(bot), await finished_job(bot)
    same = "Bad Request: message is not modified: the same content"
    bot.telegram.fails("editMessageMedia", Refusal(status=400, description=same))

    await bot.delivery.show_preview(job, STATUS, preview)


async def test_a_chat_that_does_not_take_it_goes_without(bot: Bot) -> None:
    preview, job = await preview_of(bot), await finished_job(bot)
    gone = Refusal(status=400, description="Bad Request: message to edit not found")
    bot.telegram.fails("editMessageMedia", gone)

    await bot.delivery.show_preview(job, STATUS, preview)

    assert bot.telegram.texts == []


async def test_when_telegram_is_slow_it_may_be_tried_again(bot: Bot) -> None:
    preview, job = await preview_of(bot), await finished_job(bot)
    bot.telegram.fails("editMessageMedia", TimedOut())

    with pytest.raises(errors.DeliveryDelayed):
        await bot.delivery.show_preview(job, STATUS, preview)


async def test_a_preview_that_was_pruned_is_not_missed(bot: Bot) -> None:
    job = await finished_job(bot)
    assert job.result is not None
    nothing = replace(job.result, video=ArtifactKey("jobs/gone/preview-out.mp4"))

    await bot.delivery.show_preview(job, STATUS, nothing)

    assert bot.telegram.of("editMessageMedia") == []
