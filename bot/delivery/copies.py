"""A finished video once more: by its id at Telegram, or as a file that nobody shrinks.

Nothing is made here and nothing is counted. A copy that does not arrive is asked for again by the
same button, so the outbox is not troubled; it only remembers the id of a file that was sent.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.address import Address
from bot.delivery.caption import caption_of
from bot.delivery.stored import stored_video
from bot.menus.afterwards import video_keyboard
from bot.texts import short_id
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.types import Job, JobId, Shape

if TYPE_CHECKING:
    from bot.context import BotContext

log = logging.getLogger(__name__)


async def send_copy(job: Job, file_id: str, address: Address, context: BotContext) -> None:
    """Send a video that Telegram has already."""
    assert job.result is not None
    keyboard = video_keyboard(context.texts, context.language, job.id, job.result)
    if job.result.shape is Shape.ROUND:
        await context.bot.send_video_note(
            address.chat_id,
            file_id,
            message_thread_id=address.thread_id,
            reply_parameters=address.reply_parameters,
            reply_markup=keyboard,
        )
        return
    await context.bot.send_video(
        address.chat_id,
        file_id,
        caption=_caption(job, context),
        message_thread_id=address.thread_id,
        reply_parameters=address.reply_parameters,
        reply_markup=keyboard,
    )


async def send_as_file(job: Job, address: Address, context: BotContext) -> None:
    """Send a video as a file; one that was sent so before goes by its id."""
    assert job.result is not None
    outbox, services = context.services.outbox, context.services
    note = JobId(f"{job.id}-file")
    row = await outbox.get(note)
    content: str | bytes | None = row.file_id if row is not None else None
    try:
        if content is None:
            folder_name = f"file-{job.id}"
            async with scratch_folder(services.settings.scratch_dir, folder_name) as folder:
                content, _ = await stored_video(services.store, job.result, folder)
        message = await context.bot.send_document(
            address.chat_id,
            content,
            filename=f"bolti-{short_id(job.id)[1:]}.mp4",
            disable_content_type_detection=True,
            caption=_caption(job, context),
            message_thread_id=address.thread_id,
            reply_parameters=address.reply_parameters,
            write_timeout=services.settings.telegram.send_timeout_s,
            read_timeout=services.settings.telegram.send_timeout_s,
        )
    except errors.ArtifactMissing:
        await context.say(address, context.t("after.gone"))
        return
    except TelegramError as e:
        log.warning("%s: not sent as a file: %s", job.id, type(e).__name__)
        return
    if message.document is not None and row is None:
        await outbox.open(note)
        if await outbox.claim(note):
            await outbox.sent(note, str(message.message_id), message.document.file_id)


def _caption(job: Job, context: BotContext) -> str:
    assert job.result is not None
    labels = {id: voice.label for id, voice in context.app.voices.items()}
    return caption_of(job.id, job.result, context.texts, context.language, labels)
