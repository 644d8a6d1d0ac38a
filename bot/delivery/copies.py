"""A finished video once more, as it was or as a file: sent like the first one, never twice.

Each tap on a button is a wish of its own, with a row of its own in the outbox; a wish whose
outcome nobody knows is left to the person, who may tap again. What Telegram has already goes by
its id there. Nothing is made here and nothing is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_never

from telegram import Bot, Message

from bot.address import Address, unpack_address
from bot.delivery.caption import caption_of
from bot.delivery.outbox import send_once
from bot.delivery.stored import stored_video
from bot.delivery.uploads import Uploads
from bot.delivery.words import Words
from bot.menus.afterwards import video_keyboard
from bot.texts import Texts, short_id
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.store.outbox import OutboxRow, OutboxState
from pipeline.types import CopyKind, Job, JobId, RenderResult, Shape, Voice, VoiceId

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

VIDEO_NOTE_MOST_S = 60.0
"""Telegram takes no longer round video; a longer one is sent as a square."""
UNKNOWN = {CopyKind.VIDEO: "copy.unknown", CopyKind.FILE: "file.unknown"}
REFUSED = {CopyKind.VIDEO: "copy.refused", CopyKind.FILE: "file.refused"}


def is_video_note(result: RenderResult) -> bool:
    """Tell whether a video goes as a round one."""
    return result.shape is Shape.ROUND and result.duration_s <= VIDEO_NOTE_MOST_S


class Copies:
    """Sends finished videos once more."""

    def __init__(
        self,
        bot: Bot,
        services: Services,
        texts: Texts,
        voices: Mapping[VoiceId, Voice],
        uploads: Uploads,
    ) -> None:
        self._bot, self._services, self._texts = bot, services, texts
        self._voices, self._uploads, self._words = voices, uploads, Words(bot)
        self._limit_s = services.settings.telegram.send_timeout_s

    async def deliver(self, job: Job, kind: CopyKind, wish: int) -> None:
        """Send the copy once, and say so where it did not go.

        Raises ``DeliveryDelayed``, ``StoreUnavailable`` when another try can help.
        """
        outbox, key = self._services.outbox, JobId(f"{job.id}-{kind}-{wish}")
        first = await outbox.get(job.id)
        address = _beside_the_video(job, first)
        await outbox.open(key, about=job.id)
        content = await self._content(job, kind, key, first)
        if content is None:
            await self._words.tell(job.id, address, self._t("after.gone", address))
            return
        async with self._uploads.one():
            await send_once(outbox, key, address, lambda to: self._send(job, kind, to, content))
        row = await outbox.get(key)
        assert row is not None
        match row.state:
            case OutboxState.SENT:
                return
            case OutboxState.SENDING | OutboxState.UNKNOWN:
                # In SENDING an earlier attempt entered and never came back.
                await outbox.unknown(key)
                await self._words.tell(job.id, address, self._t(UNKNOWN[kind], address))
            case OutboxState.REFUSED:
                await self._words.tell(job.id, address, self._t(REFUSED[kind], address))
            case OutboxState.READY:
                raise errors.DeliveryDelayed("another attempt sent nothing")
            case _:
                assert_never(row.state)

    async def _content(
        self, job: Job, kind: CopyKind, key: JobId, first: OutboxRow | None
    ) -> bytes | str | None:
        """Give what Telegram has already by its id, else the stored bytes; None if all is gone."""
        match kind:
            case CopyKind.VIDEO:
                return None if first is None else first.file_id
            case CopyKind.FILE:
                known = await self._services.outbox.copy_of(job.id, kind)
                return known or await self._stored(job, key)
            case _:
                assert_never(kind)

    async def _stored(self, job: Job, key: JobId) -> bytes | None:
        assert job.result is not None
        async with scratch_folder(self._services.settings.scratch_dir, key) as folder:
            try:
                video, _ = await stored_video(self._services.store, job.result, folder)
            except errors.ArtifactMissing:
                return None
            return video

    async def _send(
        self, job: Job, kind: CopyKind, address: Address, content: bytes | str
    ) -> Message:
        assert job.result is not None
        caption = caption_of(job.id, job.result, self._texts, address.language, self._voices)
        keyboard = video_keyboard(self._texts, address.language, job.id, job.result)
        match kind:
            case CopyKind.FILE:
                return await self._bot.send_document(
                    address.chat_id,
                    content,
                    filename=f"bolti-{short_id(job.id)[1:]}.mp4",
                    disable_content_type_detection=True,
                    caption=caption,
                    message_thread_id=address.thread_id,
                    reply_parameters=address.reply_parameters,
                    write_timeout=self._limit_s,
                    read_timeout=self._limit_s,
                )
            case CopyKind.VIDEO if is_video_note(job.result):
                return await self._bot.send_video_note(
                    address.chat_id,
                    content,
                    message_thread_id=address.thread_id,
                    reply_parameters=address.reply_parameters,
                    reply_markup=keyboard,
                )
            case CopyKind.VIDEO:
                return await self._bot.send_video(
                    address.chat_id,
                    content,
                    caption=caption,
                    message_thread_id=address.thread_id,
                    reply_parameters=address.reply_parameters,
                    reply_markup=keyboard,
                )
            case _:
                assert_never(kind)

    def _t(self, key: str, address: Address) -> str:
        return self._texts.html(address.language, key)


def _beside_the_video(job: Job, first: OutboxRow | None) -> Address:
    """Answer the video; the request, where nobody knows which message that is."""
    address = unpack_address(job.reply_to)
    if first is None or first.message_id is None:
        return address
    return address.asked_by(int(first.message_id))
