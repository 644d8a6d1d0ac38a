"""A video that shows a face: how Telegram describes it, its clearest picture, its footage.

Where an engine that follows faces renders just now, the film itself is the face; elsewhere, and
where that engine is gone by the time the video is made, its clearest picture speaks. Either way
that picture is what is asked about, blocked and known again. What kind of chat it came in is the
handlers' business; what makes a face good is the pipeline's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from telegram import Message

from bot.context import BotContext
from bot.drafting.downloads import download, refuse_by_size
from bot.drafting.wishes import engine_for
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.store.preferences import Preferences
from pipeline.types import PortraitVerdict

if TYPE_CHECKING:
    from pipeline.still import Still


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFilm:
    """A video at Telegram, not fetched yet."""

    file_id: str
    size_bytes: int | None
    kind: Literal["film"] = "film"


def film_in(message: Message) -> SentFilm | None:
    """Find the video of a message: a video, a round one, one as a file; what moves silently."""
    document, sticker = message.document, message.sticker
    if document is not None and not (document.mime_type or "").startswith("video/"):
        document = None
    if sticker is not None and not sticker.is_video:
        sticker = None
    film = message.video or message.video_note or message.animation or document or sticker
    return None if film is None else SentFilm(file_id=film.file_id, size_bytes=film.file_size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen: the verdict, the picture that it is about, and the film if it is the face."""

    verdict: PortraitVerdict
    picture: Path
    film: Still | None = None


@asynccontextmanager
async def watched(
    film: SentFilm, update_id: int, preferences: Preferences, context: BotContext
) -> AsyncIterator[Seen]:
    """Fetch a video and look at it; what was seen is there while the block lasts.

    ``preferences`` are those of whoever asks for the video.

    Raises ``FootageError``, ``PortraitError``, ``FileNotFetched``, ``DiskFull``.
    """
    services = context.services
    limit = services.settings.footage.max_bytes
    refuse_by_size(context.bot, film.size_bytes, limit, errors.VideoTooLarge)
    async with scratch_folder(services.settings.scratch_dir, f"intake-{update_id}") as folder:
        source, picture = folder / "sent", folder / "portrait.png"
        await download(context.bot, film.file_id, source, limit, errors.VideoTooLarge)
        follows = await services.follows_films(engine_for(services.settings, preferences))
        still = await services.check_film(source, picture, folder, whole=follows)
        yield Seen(verdict=still.verdict, picture=picture, film=still if follows else None)
