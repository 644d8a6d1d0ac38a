"""A finished video once more, by its id at Telegram.

Nothing is made here and nothing is counted. A copy that does not arrive is asked for again by the
same button, so the outbox is not troubled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.address import Address
from bot.delivery.caption import caption_of
from bot.menus.afterwards import video_keyboard
from pipeline.types import Job, Shape

if TYPE_CHECKING:
    from bot.context import BotContext


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


def _caption(job: Job, context: BotContext) -> str:
    assert job.result is not None
    return caption_of(job.id, job.result, context.texts, context.language, context.app.voices)
