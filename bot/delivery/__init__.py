"""What the bot says unasked: the ``Door`` through which an order speaks to whoever placed it.

Announces the order in one silent status message, keeps that up to date, delivers the video as a
new reply to the request (only that rings), and removes the status message. Every method may be
repeated. Not known here: drafts, handlers, how a render works.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from telegram import Bot

from bot.address import Address, unpack_address
from bot.delivery.copies import Copies
from bot.delivery.lines import Lines, later_receipt
from bot.delivery.outbox import RECORD_LIMIT_S, Outcome, send_once
from bot.delivery.preview import Previews
from bot.delivery.progress import Place, ProgressBoard, Wanted
from bot.delivery.record import record_delivery
from bot.delivery.results import Results
from bot.delivery.standing import status_sentence
from bot.delivery.stored import stored_video
from bot.delivery.uploads import Uploads
from bot.delivery.words import Words
from bot.menus.afterwards import failed_keyboard
from bot.menus.keyboards import again_keyboard, job_keyboard
from bot.reactions import Sign, react
from bot.texts import Texts, short_id
from pipeline import errors
from pipeline.jobs.patience import patiently
from pipeline.line import Standing
from pipeline.scratch import scratch_folder
from pipeline.store.outbox import OutboxState
from pipeline.types import (
    CopyKind,
    Failure,
    Job,
    JobId,
    Progress,
    RenderResult,
    Stage,
    Voice,
    VoiceId,
)

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

RESTART_NOTE_LIMIT_S = 3.0

log = logging.getLogger(__name__)


class Delivery:
    """The door of the order workflow to Telegram."""

    def __init__(
        self, bot: Bot, services: Services, texts: Texts, voices: Mapping[VoiceId, Voice]
    ) -> None:
        self._bot = bot
        self._services = services
        self._texts = texts
        telegram = services.settings.telegram
        self._board = ProgressBoard(
            bot,
            texts,
            interval_s=telegram.progress_interval_s,
            group_interval_s=telegram.group_progress_interval_s,
        )
        self._group_line_after_s = telegram.group_line_after_s
        self._words = Words(bot)
        self._lines = Lines(services.outbox, self._words)
        self._previews = Previews(bot, services.store, services.settings, texts)
        self._uploads = Uploads(telegram.uploads_at_once)
        self._results = Results(bot, texts, voices, limit_s=telegram.send_timeout_s)
        self._copies = Copies(services, texts, self._words, self._results, self._uploads)
        self._behind: set[JobId] = set()
        """Who has an earlier video in progress: told while it waits."""

    async def announce(self, job: Job, standing: Standing) -> str:
        """Send the status message, silently; its id is the receipt. In a group it comes later.

        Raises ``DeliveryDelayed``, and ``OwnerUnreachable`` when nothing can be sent there.
        """
        address = unpack_address(job.reply_to)
        earlier = await self._services.jobs.of_owner(job.owner)
        if any(other.created_at < job.created_at for other in earlier if other.id != job.id):
            self._behind.add(job.id)
        wanted = self._status(job, address, standing)
        if not address.is_private:
            receipt = later_receipt()
            self._board.show(job.id, address, self._place(job, address, receipt), wanted)
            return receipt
        message = await self._words.say(address, wanted.text, wanted.keyboard, silent=True)
        self._board.announced(job.id, address, message.message_id, wanted)
        return str(message.message_id)

    async def show(self, job: Job, receipt: str, standing: Standing) -> None:
        """Let the status message say where the job is. Cosmetic: never raises, never waits."""
        address = unpack_address(job.reply_to)
        wanted = self._status(job, address, standing)
        self._board.show(job.id, address, self._place(job, address, receipt), wanted)

    async def show_preview(self, job: Job, receipt: str, preview: RenderResult) -> None:
        """Lay the preview into the status message, marked as one; the video replaces both.

        Raises ``DeliveryDelayed``: it may be tried again.
        """
        address = unpack_address(job.reply_to)
        wanted = self._status(job, address, Standing(progress=Progress(stage=Stage.WAITING)))
        status = await self._lines.find(job.id, receipt)
        if status is None:
            status = await self._lines.begin(job.id, address, receipt, wanted)
        if status is not None:
            await self._previews.lay(job.id, address, status, preview, wanted)

    async def deliver(self, job: Job, receipt: str) -> None:
        """Send the video once, and settle what is known of it.

        Raises ``DeliveryDelayed``, ``StoreUnavailable`` when another try can help.
        """
        assert job.result is not None
        address = unpack_address(job.reply_to)
        outbox = self._services.outbox
        await outbox.open(job.id)
        row = await outbox.get(job.id)
        if row is not None and row.state is OutboxState.READY:
            await self.show(job, receipt, Standing(progress=Progress(stage=Stage.SENDING)))
            await self._send(job, job.result, address)
        await self._board.finish(job.id)
        await self._settle(job, address, receipt)

    async def deliver_copy(self, job: Job, kind: CopyKind, wish: int) -> None:
        """Send the video once more; once per kind and wish. Raises as ``deliver`` does."""
        await self._copies.deliver(job, kind, wish)

    async def fail(self, job: Job, receipt: str, failure: Failure) -> None:
        """Tell the user once why there is no video, as a reply that rings; the status goes.

        A video that is known to have arrived is no failure, whatever came after it. Where nobody
        knows whether the reply arrived, the status message says it too. Raises
        ``DeliveryDelayed``.
        """
        address = unpack_address(job.reply_to)
        await self._board.finish(job.id)
        outbox = self._services.outbox
        video = await outbox.get(job.id)
        if video is not None and video.state is OutboxState.SENT:
            await self._settle(job, address, receipt)
            return
        reason = self._texts.error(address.language, failure.code, failure.values)
        outcome = self._texts.html(address.language, "failed", id=short_id(job.id))
        text = f"{reason}\n{outcome}"
        about = JobId(f"{job.id}-failed-{receipt}")
        await outbox.open(about, about=job.id)
        keyboard = None
        if address.is_private:
            keyboard = failed_keyboard(self._texts, address.language, job.id, failure)
        await send_once(outbox, about, address, lambda to: self._words.send(to, text, keyboard))
        row, status = await outbox.get(about), await self._lines.find(job.id, receipt)
        if row is None or row.state is OutboxState.SENT:
            await self._words.remove(address, status)
        else:
            await self._words.say_in_status(job.id, address, status, text, keyboard)
        await react(self._bot, address, Sign.FAILED)

    async def withdraw(self, job: Job, receipt: str) -> None:
        """Let the status message say that the job was cancelled."""
        address = unpack_address(job.reply_to)
        await self._board.finish(job.id)
        text = self._texts.html(address.language, "status.cancelled", id=short_id(job.id))
        status = await self._lines.find(job.id, receipt)
        await self._words.say_in_status(job.id, address, status, text, silent=True)

    async def drain(self, limit_s: float) -> None:
        """Wait for uploads in progress, then tell those who wait that their place is kept."""
        try:
            async with asyncio.timeout(limit_s):
                await self._uploads.quiet()
        except TimeoutError:
            log.warning("%d uploads did not end within %.0f s", self._uploads.count, limit_s)
        await self._board.close(RESTART_NOTE_LIMIT_S)

    async def _send(self, job: Job, result: RenderResult, address: Address) -> None:
        outbox, settings = self._services.outbox, self._services.settings
        async with (
            self._uploads.one(),
            scratch_folder(settings.scratch_dir, f"send-{job.id}") as folder,
        ):
            try:
                stored = await stored_video(self._services.store, result, folder)
            except errors.ArtifactMissing:
                log.exception("%s: the video is no longer stored", job.id)
                await outbox.claim(job.id)
                await outbox.refused(job.id)
                return
            outcome = await send_once(
                outbox,
                job.id,
                address,
                lambda to: self._results.upload(job, to, stored),
            )
        if outcome is Outcome.BLOCKED:
            await self._cancel_all_of(job)
        elif outcome is None:
            await self._record(job, stored.video)

    async def _record(self, job: Job, video: bytes) -> None:
        # The video has arrived: nothing about a record may make that a failure, or say it again.
        try:
            await patiently(
                lambda: record_delivery(self._services, job, video),
                what=f"{job.id} record",
                limit_s=RECORD_LIMIT_S,
            )
        except Exception:
            log.exception("%s was delivered, and that is not in the audit trail", job.id)

    async def _settle(self, job: Job, address: Address, receipt: str) -> None:
        """Bring the chat in step with what the outbox knows."""
        outbox, language = self._services.outbox, address.language
        row, status = await outbox.get(job.id), await self._lines.find(job.id, receipt)
        assert row is not None
        match row.state:
            case OutboxState.SENT:
                await self._words.remove(address, status)
                await react(self._bot, address, Sign.DONE)
            case OutboxState.SENDING | OutboxState.UNKNOWN:
                # In SENDING an earlier attempt entered and never came back.
                await outbox.unknown(job.id)
                text = self._texts.html(language, "status.unknown", id=short_id(job.id))
                keyboard = again_keyboard(self._texts, language, job.id, row.attempt)
                await self._words.say_in_status(job.id, address, status, text, keyboard)
            case OutboxState.REFUSED:
                text = self._texts.html(language, "refused", id=short_id(job.id))
                await self._words.say_in_status(job.id, address, status, text)
                await react(self._bot, address, Sign.FAILED)
            case OutboxState.READY:
                raise errors.DeliveryDelayed("another attempt sent nothing")
            case _:
                assert_never(row.state)

    async def _cancel_all_of(self, job: Job) -> None:
        """Free the studio of what else was ordered by somebody who blocked the bot."""
        for other in await self._services.jobs.of_owner(job.owner):
            if other.id != job.id:
                await self._services.jobs.cancel(other.id, by=job.owner)

    def _place(self, job: Job, address: Address, receipt: str) -> Place:
        """Say where the status message stands, or when and how it comes."""
        if receipt.isdigit():
            return Place(message_id=int(receipt))
        waited_s = (datetime.now(UTC) - job.created_at).total_seconds()

        async def begin(wanted: Wanted) -> str | None:
            return await self._lines.begin(job.id, address, receipt, wanted)

        return Place(in_s=max(0.0, self._group_line_after_s - waited_s), begin=begin)

    def _status(self, job: Job, address: Address, standing: Standing) -> Wanted:
        texts, language, progress = self._texts, address.language, standing.progress
        text = status_sentence(texts, language, job.id, standing)
        if progress.stage is not Stage.WAITING:
            self._behind.discard(job.id)
        elif job.id in self._behind:
            text = f"{text}\n{texts.html(language, 'status.after_yours')}"
        return Wanted(
            stage=progress.stage,
            text=text,
            keyboard=None
            if progress.stage is Stage.SENDING
            else job_keyboard(texts, language, job.id, is_stranded=standing.is_stranded),
        )
