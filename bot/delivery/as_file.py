"""A finished video once more, as a file that nobody shrinks: sent like the video, never twice.

Each tap on the button is a wish of its own, with a row of its own in the outbox; a wish whose
outcome nobody knows is left to the person, who may tap again. What was uploaded once goes by its
id at Telegram. Nothing is made here and nothing is counted.
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
from bot.texts import Texts, short_id
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.store.outbox import OutboxState
from pipeline.types import Job, JobId, Voice, VoiceId

if TYPE_CHECKING:
    from pipeline.bootstrap import Services


class Files:
    """Sends videos as files."""

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

    async def deliver(self, job: Job, wish: int) -> None:
        """Send the file once, and say so where it did not go.

        Raises ``DeliveryDelayed``, ``StoreUnavailable`` when another try can help.
        """
        outbox, key = self._services.outbox, JobId(f"{job.id}-file-{wish}")
        address = await self._beside_the_video(job)
        await outbox.open(key, about=job.id)
        try:
            content = await outbox.copy_of(job.id) or await self._stored(job, key)
        except errors.ArtifactMissing:
            await self._words.tell(job.id, address, self._t("after.gone", address))
            return
        async with self._uploads.one():
            await send_once(outbox, key, address, lambda to: self._send(job, to, content))
        row = await outbox.get(key)
        assert row is not None
        match row.state:
            case OutboxState.SENT:
                return
            case OutboxState.SENDING | OutboxState.UNKNOWN:
                # In SENDING an earlier attempt entered and never came back.
                await outbox.unknown(key)
                await self._words.tell(job.id, address, self._t("file.unknown", address))
            case OutboxState.REFUSED:
                await self._words.tell(job.id, address, self._t("file.refused", address))
            case OutboxState.READY:
                raise errors.DeliveryDelayed("another attempt sent nothing")
            case _:
                assert_never(row.state)

    async def _beside_the_video(self, job: Job) -> Address:
        """Answer the video; the request, where nobody knows which message that is."""
        address = unpack_address(job.reply_to)
        row = await self._services.outbox.get(job.id)
        if row is None or row.message_id is None:
            return address
        return address.asked_by(int(row.message_id))

    async def _stored(self, job: Job, key: JobId) -> bytes:
        assert job.result is not None
        async with scratch_folder(self._services.settings.scratch_dir, key) as folder:
            video, _ = await stored_video(self._services.store, job.result, folder)
            return video

    async def _send(self, job: Job, address: Address, content: bytes | str) -> Message:
        assert job.result is not None
        caption = caption_of(job.id, job.result, self._texts, address.language, self._voices)
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

    def _t(self, key: str, address: Address) -> str:
        return self._texts.html(address.language, key)
