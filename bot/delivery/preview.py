"""The quick preview in a status message: shown while a video waits for its GPU, gone with it.

It is an edit and no new message, so that showing it again after a crash shows nothing twice, and
nobody's phone rings for it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram import Bot, InputMediaVideo
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.address import Address
from bot.delivery.outbox import delayed
from bot.delivery.status import lay_video
from bot.texts import Texts, short_id
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.types import JobId, RenderResult

if TYPE_CHECKING:
    from bot.delivery.progress import Wanted
    from pipeline.settings import Settings
    from pipeline.store import ArtifactStore

log = logging.getLogger(__name__)


class Previews:
    """Lays previews into status messages."""

    def __init__(self, bot: Bot, store: ArtifactStore, settings: Settings, texts: Texts) -> None:
        self._bot, self._store, self._texts = bot, store, texts
        self._scratch_dir = settings.scratch_dir
        self._limit_s = settings.telegram.send_timeout_s

    async def lay(
        self, job_id: JobId, address: Address, status: str, preview: RenderResult, wanted: Wanted
    ) -> None:
        """Show a preview; a chat that does not take it has none. Raises ``DeliveryDelayed``."""
        note = self._texts.html(address.language, "status.preview")
        try:
            await lay_video(
                self._bot,
                address.chat_id,
                int(status),
                InputMediaVideo(
                    await self._fetch(job_id, preview),
                    filename=f"bolti-preview-{short_id(job_id)[1:]}.mp4",
                    caption=f"{note}\n{wanted.text}",
                    parse_mode=ParseMode.HTML,
                    width=preview.width_px,
                    height=preview.height_px,
                    duration=round(preview.duration_s),
                    supports_streaming=True,
                ),
                wanted.keyboard,
                self._limit_s,
            )
        except (BadRequest, Forbidden, errors.ArtifactMissing) as e:
            log.info("%s: preview not shown: %s", job_id, type(e).__name__)
        except TelegramError as e:
            raise delayed(e) from e

    async def _fetch(self, job_id: JobId, preview: RenderResult) -> bytes:
        async with scratch_folder(self._scratch_dir, f"preview-{job_id}") as folder:
            video = await self._store.fetch(preview.video, folder / "video.mp4")
            return await asyncio.to_thread(video.read_bytes)
