"""A finished video once more, as it was or as a file: sent like the first one, never twice.

Each tap on a button is a wish of its own, with a row of its own in the outbox; a wish whose
outcome nobody knows is left to the person, who may tap again. What Telegram has already goes by
its id there. Nothing is made here and nothing is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from telegram import Message

from bot.address import Address, unpack_address
from bot.delivery.outbox import send_once
from bot.delivery.results import Results
from bot.delivery.stored import stored_video
from bot.delivery.uploads import Uploads
from bot.delivery.words import Words
from bot.texts import Texts
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.store.outbox import OutboxRow, OutboxState
from pipeline.types import CopyKind, Job, JobId

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

UNKNOWN = {CopyKind.VIDEO: "copy.unknown", CopyKind.FILE: "file.unknown"}
REFUSED = {CopyKind.VIDEO: "copy.refused", CopyKind.FILE: "file.refused"}


class Copies:
    """Sends finished videos once more."""

    def __init__(
        self, services: Services, texts: Texts, words: Words, results: Results, uploads: Uploads
    ) -> None:
        self._services, self._texts, self._words = services, texts, words
        self._results, self._uploads = results, uploads

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
                stored = await stored_video(self._services.store, job.result, folder)
            except errors.ArtifactMissing:
                return None
            return stored.video

    async def _send(
        self, job: Job, kind: CopyKind, address: Address, content: bytes | str
    ) -> Message:
        match kind:
            case CopyKind.FILE:
                return await self._results.send_file(job, address, content)
            case CopyKind.VIDEO:
                assert isinstance(content, str)
                return await self._results.send_again(job, address, content)
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
