"""A photo and words, in any order: each fills its slot of the draft; both together are an order.

What a draft is stands in ``bot/drafting/drafts.py``, what comes next in
``bot/drafting/ordering.py``; here is what the user sends and reads. Albums, recordings, texts
cut by their length, edits and the buttons of drafts have files of their own beside this one.
"""

from __future__ import annotations

from telegram import Message, Update
from telegram.ext import MessageHandler, filters

from bot.address import address_of
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.drafting.drafts import Sender, current_draft, is_undecided, keep_portrait
from bot.drafting.ordering import go_on
from bot.drafting.placing import is_repeat
from bot.drafting.portraying import SentPicture, looked_at, say_verdict, still_in
from bot.drafting.said import has_something_to_say
from bot.drafting.wording import take_caption, take_words
from bot.handlers.long_texts import holds_back
from pipeline import errors

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
STILL = filters.PHOTO | filters.Document.IMAGE | filters.Sticker.STATIC

UNUSABLE = (
    (filters.Sticker.ANIMATED, "send.moving"),
    (filters.Document.ALL & ~filters.Document.IMAGE, "send.file"),
)
"""What is not used yet and its sentence; everything else gets ``send.photo_and_words``."""


def register(app: BotApplication) -> None:
    """Add the handlers of photos, words, and what is neither. The first that fits takes it."""
    for kind, _ in UNUSABLE:
        app.add_handler(MessageHandler(PRIVATE & kind, on_unusable))
    app.add_handler(MessageHandler(PRIVATE & STILL, on_photo))
    app.add_handler(MessageHandler(PRIVATE & filters.TEXT & ~filters.COMMAND, on_words))


def register_last(app: BotApplication) -> None:
    """Add what answers contacts, places and whatever Telegram invents next."""
    rest = ~filters.COMMAND & ~filters.StatusUpdate.ALL
    app.add_handler(MessageHandler(PRIVATE & rest, on_unusable))


async def on_photo(update: Update, context: BotContext) -> None:
    """Look at the photo, keep it, and order the video if there are words for it."""
    message, sender = message_of(update), sender_in(update, context)
    still = still_in(message)
    if still is None or await is_repeat(context.services, sender):
        return
    await take_face(sender, still, message, context)


async def on_words(update: Update, context: BotContext) -> None:
    """Check the words, and order the video if there is a face for them; else keep them."""
    sender = sender_in(update, context)
    if await is_repeat(context.services, sender):
        return
    words = message_of(update).text or ""
    if not await holds_back(sender, words, context):
        await take_words(sender, words, context)


async def on_unusable(update: Update, context: BotContext) -> None:
    """Say in one sentence what to send instead; the draft stays as it is."""
    fitting = (key for kind, key in UNUSABLE if kind.check_update(update))
    await context.reply(message_of(update), context.t(next(fitting, "send.photo_and_words")))


async def take_face(
    sender: Sender, still: SentPicture, message: Message, context: BotContext
) -> None:
    """Fill the slot of the face, and that of the words with the caption; then go on."""
    services = context.services
    before = await current_draft(services, sender)
    try:
        async with looked_at(still, sender.update_id, context) as (verdict, picture):
            draft = await keep_portrait(services, sender, picture, verdict)
            overlong = await take_caption(message.caption, sender, context)
            draft = await current_draft(services, sender)
            is_told = (
                not has_something_to_say(draft) or is_undecided(draft) or len(verdict.faces) > 1
            )
            if is_told and not overlong:
                replaced = before.portrait is not None and before.portrait_message is not None
                news = context.t("photo.replaced") if replaced else ""
                await say_verdict(sender, verdict, picture, draft, context, news=news)
    except errors.PortraitError:
        # Nobody likes to type the words again that stood under a photo that cannot be used.
        await take_caption(message.caption, sender, context, quietly=True)
        raise
    await go_on(sender, draft, context, silent=not draft.recording_asked)


def sender_in(update: Update, context: BotContext) -> Sender:
    """Say who fills a draft with this update, and where the answer goes."""
    address = address_of(message_of(update), context.language)
    return Sender(user_id=sender_of(update).id, update_id=update.update_id, address=address)
