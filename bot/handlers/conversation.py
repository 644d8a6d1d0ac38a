"""A photo and words, in any order: each fills its slot of the draft; both together are an order.

What a draft is and when an order is placed stands in ``bot/drafts.py``; here is what the user
sends and reads. Voice notes, albums and videos are told kindly that they come later; each gets a
file of its own beside this one.
"""

from __future__ import annotations

import logging
from pathlib import Path

from telegram import Message, Update
from telegram.ext import MessageHandler, filters

from bot.address import address_of
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.downloads import download, refuse_by_size
from bot.drafts import Sender, current_draft, is_ordered, keep_portrait, keep_words, place_order
from bot.faces import notes_of
from bot.keyboards import draft_keyboard
from bot.reactions import Sign, react
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.store.drafts import Draft
from pipeline.types import PortraitVerdict

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
log = logging.getLogger(__name__)

SHORTEST_CAPTION = 3
"""A caption of fewer characters is no script."""

UNUSABLE = (
    (filters.ANIMATION, "send.moving"),
    (filters.VOICE | filters.AUDIO, "send.sound"),
    (filters.VIDEO | filters.VIDEO_NOTE, "send.video"),
    (filters.Document.ALL & ~filters.Document.IMAGE, "send.file"),
)
"""What is not used yet and its sentence; everything else gets ``send.photo_and_words``."""


def register(app: BotApplication) -> None:
    """Add the handlers of photos, words, and what is neither. The first that fits takes it."""
    for kind, _ in UNUSABLE:
        app.add_handler(MessageHandler(PRIVATE & kind, on_unusable))
    app.add_handler(MessageHandler(PRIVATE & (filters.PHOTO | filters.Document.IMAGE), on_photo))
    app.add_handler(MessageHandler(PRIVATE & filters.TEXT & ~filters.COMMAND, on_words))


def register_last(app: BotApplication) -> None:
    """Add what answers stickers, contacts, places and whatever Telegram invents next."""
    rest = ~filters.COMMAND & ~filters.StatusUpdate.ALL
    app.add_handler(MessageHandler(PRIVATE & rest, on_unusable))


async def on_photo(update: Update, context: BotContext) -> None:
    """Look at the photo, keep it, and order the video if there are words for it."""
    message, sender = message_of(update), _sender(update, context)
    if await is_ordered(context.services, sender):
        return
    try:
        verdict, draft = await _take_photo(message, sender, context)
    except errors.PortraitError:
        await _keep_caption(message, sender, context)
        raise
    words = _caption_words(message, context) or draft.script
    if words is None or len(verdict.faces) > 1 or verdict.speaker.notes:
        await _say_verdict(message, verdict, draft, context, complete=words is not None)
    if words is not None:
        await _order(message, sender, draft, words, context)


async def on_words(update: Update, context: BotContext) -> None:
    """Check the words, and order the video if there is a face for them; else keep them."""
    message, sender = message_of(update), _sender(update, context)
    if await is_ordered(context.services, sender):
        return
    words = message.text or ""
    context.services.check_script(words)
    draft = await current_draft(context.services, sender)
    if draft.portrait is None:
        await keep_words(context.services, sender, words)
        await _ask_for_photo(message, draft, context)
        return
    spoke_before = draft.portrait_message is None
    await _order(message, sender, draft, words, context)
    if spoke_before:
        await context.reply(message, context.t("photo.same"), silent=True)


async def on_unusable(update: Update, context: BotContext) -> None:
    """Say in one sentence what to send instead; the draft stays as it is."""
    fitting = (key for kind, key in UNUSABLE if kind.check_update(update))
    await context.reply(message_of(update), context.t(next(fitting, "send.photo_and_words")))


async def _take_photo(
    message: Message, sender: Sender, context: BotContext
) -> tuple[PortraitVerdict, Draft]:
    services = context.services
    settings = services.settings
    photo = message.photo[-1] if message.photo else message.document
    assert photo is not None
    refuse_by_size(photo.file_size, settings.portrait.max_bytes)
    async with scratch_folder(settings.scratch_dir, f"intake-{sender.update_id}") as folder:
        source: Path = folder / "sent"
        await download(context.bot, photo.file_id, source, settings.portrait.max_bytes)
        picture = folder / "portrait.png"
        verdict = await services.check_portrait(source, picture)
        return verdict, await keep_portrait(services, sender, picture)


def _caption_words(message: Message, context: BotContext) -> str | None:
    """Give the caption as a script; None when it is none. Raises ``ScriptTooLong``."""
    caption = (message.caption or "").strip()
    if len(caption) < SHORTEST_CAPTION or caption.startswith("/"):
        return None
    try:
        context.services.check_script(caption)
    except errors.ScriptEmpty:
        return None  # emoji under a photo are a mood, not a script
    return caption


async def _keep_caption(message: Message, sender: Sender, context: BotContext) -> None:
    """Keep the words under a photo that cannot be used: nobody likes to type them again."""
    try:
        words = _caption_words(message, context)
    except errors.ScriptTooLong as e:
        log.info("update %d: caption not kept: %s", sender.update_id, e.code)
        return
    if words is not None:
        await keep_words(context.services, sender, words)


async def _say_verdict(
    message: Message,
    verdict: PortraitVerdict,
    draft: Draft,
    context: BotContext,
    *,
    complete: bool,
) -> None:
    faces = len(verdict.faces)
    told = [context.t("photo.several", faces=faces)] if faces > 1 else []
    seen = " ".join([*told, *(context.t(key) for key in notes_of(verdict))])
    if complete:
        await context.reply(message, seen)
        return
    ask = context.t("photo.now_words" if seen else "photo.good", **context.script_limits)
    keyboard = draft_keyboard(context.texts, context.language, draft.key)
    await context.reply(message, f"{seen} {ask}".strip(), keyboard)


async def _order(
    message: Message, sender: Sender, draft: Draft, words: str, context: BotContext
) -> None:
    """Order the video; the order announces itself in a message of its own."""
    if await place_order(context.services, sender, draft, words) is None:
        await _ask_for_photo(message, draft, context)
        return
    await react(context.bot, sender.address, Sign.SEEN)


async def _ask_for_photo(message: Message, draft: Draft, context: BotContext) -> None:
    keyboard = draft_keyboard(context.texts, context.language, draft.key)
    await context.reply(message, context.t("words.good"), keyboard)


def _sender(update: Update, context: BotContext) -> Sender:
    address = address_of(message_of(update), context.language)
    return Sender(user_id=sender_of(update).id, update_id=update.update_id, address=address)
