"""Fetch a file that somebody sent, under its limit, into a scratch folder.

The size is checked as Telegram tells it, before the download, and counted again afterwards:
neither is trusted alone. A Bot API server of one's own that shares this machine's files
(``telegram.local_files``) names a path instead, and its files may be larger than Telegram's limit.
What is in the file is not looked at here.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path
from typing import Protocol

import aiofiles
from telegram import Bot
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError

from pipeline import errors

FETCHED_BYTES = int(FileSizeLimit.FILESIZE_DOWNLOAD)
"""Telegram hands out no larger file."""
ATTEMPTS = 6
ATTEMPT_LIMIT_S = 60.0
BEGUN_WITHIN_S = 60.0
"""No attempt begins later: whoever sent it hears of that before their update is given up."""
FIRST_PAUSE_S = 0.25
"""Doubles: a Telegram that flaps is given 8 s before anybody has to send a file again."""

log = logging.getLogger(__name__)


class TooLarge(Protocol):
    """An error that says how large a file is and may be."""

    def __call__(self, what: str, limit: str) -> errors.BoltiError:
        """Make it, of sizes with their units."""
        ...


def refuse_by_size(
    bot: Bot,
    size_bytes: int | None,
    max_bytes: int,
    too_large: TooLarge = errors.PictureTooLarge,
) -> None:
    """Raise ``too_large`` for a file beyond the limit, or beyond what the bot can fetch."""
    limit_bytes = max_bytes if bot.local_mode else min(max_bytes, FETCHED_BYTES)
    if size_bytes is not None and size_bytes > limit_bytes:
        raise too_large(f"{size_bytes / 1e6:.1f} MB", f"{limit_bytes / 1e6:g} MB")


async def download(
    bot: Bot,
    file_id: str,
    into: Path,
    max_bytes: int,
    too_large: TooLarge = errors.PictureTooLarge,
    *,
    pause_s: float = FIRST_PAUSE_S,
) -> Path:
    """Fetch the file; network flaps are tried again, after ``pause_s`` at first.

    Raises ``too_large``, ``FileNotFetched``, ``DiskFull``.
    """
    now = asyncio.get_running_loop().time
    until_s = now() + BEGUN_WITHIN_S
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with asyncio.timeout(ATTEMPT_LIMIT_S):
                return await _download_once(bot, file_id, into, max_bytes, too_large)
        except (BadRequest, Forbidden, InvalidToken) as e:  # 404 of a file reads as InvalidToken
            raise errors.FileNotFetched(type(e).__name__) from e
        except (NetworkError, TimeoutError, TelegramError) as e:
            if attempt == ATTEMPTS or now() >= until_s:
                raise errors.FileNotFetched(type(e).__name__) from e
            log.warning("download failed (%s), attempt %d", type(e).__name__, attempt)
            await asyncio.sleep(pause_s)
            pause_s *= 2
    raise AssertionError("the last attempt returns or raises")


async def _download_once(
    bot: Bot, file_id: str, into: Path, max_bytes: int, too_large: TooLarge
) -> Path:
    file = await bot.get_file(file_id)
    refuse_by_size(bot, file.file_size, max_bytes, too_large)
    try:
        if bot.local_mode and file.file_path is not None:
            source = Path(file.file_path)
            size_bytes = (await asyncio.to_thread(source.stat)).st_size
            refuse_by_size(bot, size_bytes, max_bytes, too_large)
            return await asyncio.to_thread(shutil.copyfile, source, into)
        content = await file.download_as_bytearray()
        refuse_by_size(bot, len(content), max_bytes, too_large)
        async with aiofiles.open(into, "wb") as target:
            await target.write(content)
    except FileNotFoundError as e:
        raise errors.FileNotFetched("the Bot API server's file is not on this machine") from e
    except OSError as e:
        raise errors.DiskFull("a file that was sent") from e
    return into
