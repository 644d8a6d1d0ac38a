"""A video that shows a face: how Telegram describes it, and its clearest picture.

What kind of chat it came in is the handlers' business; what makes a face good is the pipeline's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from telegram import Message

from bot.context import BotContext
from bot.drafting.downloads import download, refuse_by_size
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.types import PortraitVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A video at Telegram, not fetched yet."""

    file_id: str
    size_bytes: int | None
    kind: Literal["film"] = "film"


def film_in(message: Message) -> Film | None:
    """Find the video of a message: a video or a round one. A GIF is neither."""
    film = message.video or message.video_note
    return None if film is None else Film(file_id=film.file_id, size_bytes=film.file_size)


@asynccontextmanager
async def watched(
    film: Film, update_id: int, context: BotContext
) -> AsyncIterator[tuple[PortraitVerdict, Path]]:
    """Fetch a video and look at it; its clearest picture is there while the block lasts.

    Raises ``FootageError``, ``PortraitError``, ``FileNotFetched``, ``DiskFull``.
    """
    services = context.services
    limit = services.settings.footage.max_bytes
    refuse_by_size(context.bot, film.size_bytes, limit, errors.VideoTooLarge)
    async with scratch_folder(services.settings.scratch_dir, f"intake-{update_id}") as folder:
        source, picture = folder / "sent", folder / "portrait.png"
        await download(context.bot, film.file_id, source, limit, errors.VideoTooLarge)
        verdict = await services.check_film(source, picture, folder)
        yield verdict, picture
