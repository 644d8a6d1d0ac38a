"""A voice note, an audio file or the sound of a video as what is said.

It is checked before anything waits in a line: its size and length before it is fetched, then that
somebody speaks in it. Where somebody can write words down, its sender is asked whose voice shall
speak (``recording_choices.py``); without, it is their own voice, and they read how to get another.

Not known here: what a draft is (``bot/drafting/drafts.py``), how sound is decoded.
"""

from __future__ import annotations

from telegram import Message, Update
from telegram.ext import MessageHandler, filters

from bot.context import BotApplication, BotContext, message_of
from bot.drafting.downloads import download, refuse_by_size
from bot.drafting.drafts import Sender, current_draft, message_id_of
from bot.drafting.hearing import say_kept
from bot.drafting.ordering import go_on
from bot.drafting.placing import is_repeat
from bot.drafting.said import keep_recording, recording_key
from bot.drafting.sounds import SOUND, Sound, sound_of
from bot.handlers.conversation import sender_in
from bot.menus.recordings import first_keyboard
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.store.drafts import Draft

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE


def register(app: BotApplication) -> None:
    """Add the handler of everything that can be heard."""
    app.add_handler(MessageHandler(PRIVATE & ~filters.ANIMATION & SOUND, on_recording))


async def on_recording(update: Update, context: BotContext) -> None:
    """Check the recording, and order the video if there is a face and nothing to ask."""
    sender = sender_in(update, context)
    if await is_repeat(context.services, sender):
        return
    draft = await take_recording(message_of(update), sender, context)
    if draft is not None:
        await after_recording(sender, draft, context)


async def take_recording(
    note: Message, sender: Sender, context: BotContext, *, cut: bool = False, clean: bool = False
) -> Draft | None:
    """Check the recording in a message and put it into the sender's draft.

    None when it is too long; then its beginning was offered, unless that is what was ``cut``.
    Raises ``ScriptError``, ``FileNotFetched``, ``DiskFull``.
    """
    services, sound = context.services, sound_of(note)
    assert sound is not None
    settings = services.settings.speech
    refuse_by_size(context.bot, sound.size_bytes, settings.max_sound_bytes, errors.SoundTooLarge)
    if not cut and (sound.duration_s or 0.0) > settings.max_recording_s:
        await _offer_beginning(note, sound, context)
        return None
    scratch = services.settings.scratch_dir
    async with scratch_folder(scratch, f"intake-{sender.update_id}") as folder:
        source, wav = folder / "sent", folder / "speech.wav"
        await download(
            context.bot, sound.file_id, source, settings.max_sound_bytes, errors.SoundTooLarge
        )
        try:
            speech = await services.recordings.check(source, wav, cut=cut, clean=clean)
        except errors.SoundTooLong:
            await _offer_beginning(note, sound, context)
            return None
        key = recording_key(sender.key, sender.update_id)
        await services.store.put(wav, key)
    before = await current_draft(services, sender)
    return await keep_recording(services, before, key, speech.duration_s, message_id_of(sender))


async def after_recording(sender: Sender, draft: Draft, context: BotContext) -> None:
    """Ask whose voice, or for a face, or order the video: whatever comes next."""
    if draft.portrait is None and not draft.recording_asked:
        await say_kept(sender, draft, context)
    elif await go_on(sender, draft, context):
        await context.say(sender.address, context.t("recording.own"), silent=True)


async def _offer_beginning(note: Message, sound: Sound, context: BotContext) -> None:
    """Say that a recording is too long, and offer its beginning."""
    limit_s = context.services.settings.speech.max_s
    if sound.duration_s:
        seconds = round(sound.duration_s)
        sentence = context.t("recording.too_long", duration_s=seconds, limit_s=limit_s)
    else:
        sentence = context.t("recording.too_long_somehow", limit_s=limit_s)
    keyboard = first_keyboard(context.texts, context.language, note.message_id, limit_s)
    await context.reply(note, sentence, keyboard)
