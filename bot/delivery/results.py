"""A finished video as a message: round or not, with its caption and buttons; new, or by its id.

Sends once and knows no outbox: who may send, and what an error means, is decided around it.
"""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Bot, InlineKeyboardMarkup, Message

from bot.address import Address
from bot.delivery.caption import caption_of
from bot.delivery.stored import StoredVideo
from bot.menus.afterwards import video_keyboard
from bot.texts import Texts, short_id
from pipeline.types import Job, RenderResult, Shape, Voice, VoiceId

READ_LIMIT_S = 120.0
"""Telegram looks at a video before it answers."""
VIDEO_NOTE_MOST_S = 60.0
"""Telegram takes no longer round video; a longer one is sent as a square."""


class Results:
    """Sends finished videos."""

    def __init__(
        self, bot: Bot, texts: Texts, voices: Mapping[VoiceId, Voice], *, limit_s: float
    ) -> None:
        self._bot, self._texts, self._voices = bot, texts, voices
        self._limit_s = limit_s

    async def upload(self, job: Job, address: Address, stored: StoredVideo) -> Message:
        """Send a video that Telegram has not seen. Raises ``TelegramError``."""
        result = _result_of(job)
        if _is_video_note(result):
            return await self._bot.send_video_note(
                address.chat_id,
                stored.video,
                length=result.width_px,
                duration=round(result.duration_s),
                thumbnail=stored.thumbnail,
                message_thread_id=address.thread_id,
                reply_parameters=address.reply_parameters,
                reply_markup=self._keyboard(job, address),
                write_timeout=self._limit_s,
                read_timeout=min(READ_LIMIT_S, self._limit_s),
            )
        return await self._bot.send_video(
            address.chat_id,
            stored.video,
            filename=_file_name(job),
            width=result.width_px,
            height=result.height_px,
            duration=round(result.duration_s),
            thumbnail=stored.thumbnail,
            cover=stored.cover,
            supports_streaming=True,
            caption=self._caption(job, address),
            message_thread_id=address.thread_id,
            reply_parameters=address.reply_parameters,
            reply_markup=self._keyboard(job, address),
            write_timeout=self._limit_s,
            read_timeout=min(READ_LIMIT_S, self._limit_s),
        )

    async def send_again(self, job: Job, address: Address, file_id: str) -> Message:
        """Send a video that Telegram has, by its id there. Raises ``TelegramError``."""
        if _is_video_note(_result_of(job)):
            return await self._bot.send_video_note(
                address.chat_id,
                file_id,
                message_thread_id=address.thread_id,
                reply_parameters=address.reply_parameters,
                reply_markup=self._keyboard(job, address),
            )
        return await self._bot.send_video(
            address.chat_id,
            file_id,
            caption=self._caption(job, address),
            message_thread_id=address.thread_id,
            reply_parameters=address.reply_parameters,
            reply_markup=self._keyboard(job, address),
        )

    async def send_file(self, job: Job, address: Address, content: bytes | str) -> Message:
        """Send a video as a file: its bytes, or its id as a file. Raises ``TelegramError``."""
        return await self._bot.send_document(
            address.chat_id,
            content,
            filename=_file_name(job),
            disable_content_type_detection=True,
            caption=self._caption(job, address),
            message_thread_id=address.thread_id,
            reply_parameters=address.reply_parameters,
            write_timeout=self._limit_s,
            read_timeout=self._limit_s,
        )

    def _caption(self, job: Job, address: Address) -> str:
        """Write what stands under the video, as HTML."""
        return caption_of(job.id, _result_of(job), self._texts, address.language, self._voices)

    def _keyboard(self, job: Job, address: Address) -> InlineKeyboardMarkup:
        return video_keyboard(
            self._texts,
            address.language,
            job.id,
            _result_of(job),
            is_private=address.is_private,
        )


def _file_name(job: Job) -> str:
    return f"bolti-{short_id(job.id)[1:]}.mp4"


def _is_video_note(result: RenderResult) -> bool:
    return result.shape is Shape.ROUND and result.duration_s <= VIDEO_NOTE_MOST_S


def _result_of(job: Job) -> RenderResult:
    assert job.result is not None, "Only a finished video is sent."
    return job.result
