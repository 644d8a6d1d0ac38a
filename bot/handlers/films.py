"""A video, a round video, an animation or a video sticker as the face (``drafting/filming.py``).

A video is the face while the draft has none; with a face there already, it is heard as what is
said (``recordings.py``). Whoever meant the sound has a button for that. An animation and a sticker
have none.
"""

from __future__ import annotations

from telegram import Message, Update
from telegram.ext import MessageHandler, filters

from bot.context import BotApplication, BotContext, message_of
from bot.drafting.drafts import Sender, current_draft, keep_portrait
from bot.drafting.filming import film_in, watched
from bot.drafting.ordering import go_on
from bot.drafting.placing import is_repeat
from bot.drafting.portraying import say_verdict
from bot.drafting.wording import take_caption
from bot.handlers.conversation import sender_in
from bot.handlers.recordings import after_recording, on_recording, take_recording
from bot.menus import taps
from bot.menus.keyboards import Action, sound_keyboard
from bot.menus.taps import Tapped, sender_of_tap
from pipeline import errors

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
FILM = (
    filters.VIDEO
    | filters.VIDEO_NOTE
    | filters.ANIMATION
    | filters.Document.VIDEO
    | filters.Sticker.VIDEO
)


def register(app: BotApplication) -> None:
    """Add the handler of videos and its button."""
    app.add_handler(MessageHandler(PRIVATE & FILM, on_film))
    taps.register(app, {Action.SOUND: on_sound})


async def on_film(update: Update, context: BotContext) -> None:
    """Take the video as the face, or as what is said where there is a face."""
    sender, message = sender_in(update, context), message_of(update)
    if await is_repeat(context.services, sender):
        return
    draft = await current_draft(context.services, sender)
    can_be_heard = _has_sound(message)
    if draft.portrait is not None and can_be_heard:
        await on_recording(update, context)
        return
    try:
        await take_film(message, sender, context)
    except (errors.FootageError, errors.PortraitError) as unseen:
        if draft.script is not None or not can_be_heard:
            raise
        try:
            await on_recording(update, context)  # no face for us: perhaps it is to be heard
        except errors.ScriptError:
            raise unseen from None


async def take_film(message: Message, sender: Sender, context: BotContext) -> None:
    """Fill the slot of the face with a video, or with its clearest picture; then go on.

    Raises ``FootageError``, ``PortraitError``, ``FileNotFetched``, ``DiskFull``.
    """
    services, film = context.services, film_in(message)
    assert film is not None
    async with watched(film, sender.update_id, context.preferences, context) as seen:
        await keep_portrait(services, sender, seen.picture, seen.verdict, seen.film)
        overlong = await take_caption(message.caption, sender, context)
        draft = await current_draft(services, sender)
        if not overlong:
            await say_verdict(
                sender,
                seen.verdict,
                seen.picture,
                draft,
                context,
                news=context.t("film.still" if seen.film is None else "film.whole"),
                keyboard=sound_keyboard(context.texts, context.language, draft.key)
                if _has_sound(message)
                else None,
            )
    await go_on(sender, draft, context, silent=True)


async def on_sound(tapped: Tapped, context: BotContext) -> None:
    """Let the picture of the video speak with the video's own sound."""
    answered = None if tapped.message is None else tapped.message.reply_to_message
    sender = sender_of_tap(tapped, context)
    if answered is None or await is_repeat(context.services, sender):
        await taps.say_old(tapped, context)
        return
    await tapped.answer()
    sender = sender.answering(answered.message_id)
    draft = await take_recording(answered, sender, context)
    await tapped.settles(context.t("film.sound_taken"))
    if draft is not None:
        await after_recording(sender, draft, context)


def _has_sound(message: Message) -> bool:
    """Tell whether what moves can be heard too."""
    return message.animation is None and message.sticker is None
