"""A file that shows a face becomes the face of a draft, and its sender hears what was seen.

What kind of message the file came in is the handlers' business; what makes a face good is the
pipeline's. Several faces come back with numbers and buttons.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from telegram import InlineKeyboardMarkup, Message

from bot.context import BotContext
from bot.drafting.downloads import download, refuse_by_size
from bot.drafting.drafts import Sender, is_undecided
from bot.drafting.faces import notes_of
from bot.drafting.said import has_something_to_say
from bot.menus.keyboards import draft_keyboard, faces_keyboard
from pipeline.scratch import scratch_folder
from pipeline.store.drafts import Draft
from pipeline.types import PortraitVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPicture:
    """A picture at Telegram, not fetched yet."""

    file_id: str
    size_bytes: int | None
    kind: Literal["still"] = "still"


def still_in(message: Message) -> SentPicture | None:
    """Find the picture of a message: a photo, an image as a file, a sticker that stands still."""
    if message.photo:
        largest = message.photo[-1]
        return SentPicture(file_id=largest.file_id, size_bytes=largest.file_size)
    if message.document is not None and (message.document.mime_type or "").startswith("image/"):
        return SentPicture(file_id=message.document.file_id, size_bytes=message.document.file_size)
    sticker = message.sticker
    if sticker is not None and not sticker.is_animated and not sticker.is_video:
        return SentPicture(file_id=sticker.file_id, size_bytes=sticker.file_size)
    return None


@asynccontextmanager
async def looked_at(
    still: SentPicture, update_id: int, context: BotContext
) -> AsyncIterator[tuple[PortraitVerdict, Path]]:
    """Fetch a picture and look at it; the clean one is there while the block lasts.

    Raises ``PortraitError``, ``FileNotFetched``, ``DiskFull``.
    """
    settings = context.services.settings
    refuse_by_size(context.bot, still.size_bytes, settings.portrait.max_bytes)
    async with scratch_folder(settings.scratch_dir, f"intake-{update_id}") as folder:
        source, picture = folder / "sent", folder / "portrait.png"
        await download(context.bot, still.file_id, source, settings.portrait.max_bytes)
        verdict = await context.services.check_portrait(source, picture)
        yield verdict, picture


async def say_verdict(
    sender: Sender,
    verdict: PortraitVerdict,
    picture: Path,
    draft: Draft,
    context: BotContext,
    *,
    news: str = "",
    keyboard: InlineKeyboardMarkup | None = None,
) -> None:
    """Say what was seen, and what is missing; several faces come back with their numbers.

    ``news`` is a sentence that goes before it, ``keyboard`` stands where only Cancel would.
    """
    if not has_something_to_say(draft):
        context.kept()
    if is_undecided(draft):
        await _show_faces(sender, verdict, picture, draft, context, news)
        return
    told = [news, *(context.t(key) for key in notes_of(verdict))]
    if len(verdict.faces) > 1:
        told.append(
            context.t("photo.several", faces=len(verdict.faces), number=str(verdict.chosen))
        )
    if not has_something_to_say(draft):
        key = "photo.now_words" if any(told[1:]) else "photo.good"
        told.append(context.t(key, **context.script_limits))
    sentence = " ".join(part for part in told if part)
    if sentence:
        offered = keyboard or draft_keyboard(context.texts, context.language, draft.key)
        await context.say(
            sender.address, sentence, None if has_something_to_say(draft) else offered
        )


async def _show_faces(
    sender: Sender,
    verdict: PortraitVerdict,
    picture: Path,
    draft: Draft,
    context: BotContext,
    news: str,
) -> None:
    shown = await context.services.show_faces(picture, verdict)
    caption = context.t("face.which", faces=len(verdict.faces))
    keyboard = faces_keyboard(
        context.texts, context.language, draft.key, sender.update_id, verdict.choices
    )
    await show_picture(sender, shown, f"{news} {caption}".strip(), keyboard, context)


async def show_picture(
    sender: Sender,
    picture: bytes,
    caption: str,
    keyboard: InlineKeyboardMarkup | None,
    context: BotContext,
    *,
    silent: bool = False,
) -> Message:
    """Answer with a picture, and buttons if there are any."""
    address = sender.address
    return await context.bot.send_photo(
        address.chat_id,
        picture,
        caption=caption,
        message_thread_id=address.thread_id,
        reply_parameters=address.reply_parameters,
        reply_markup=keyboard,
        disable_notification=silent,
    )
