"""A video as somebody asked for it in a group becomes an order.

The picture, and the voice note if one shall be spoken, go the way of all of them, through a draft
that ends with the order: nothing of a group waits for the next words. Of several faces the asker
taps one first. A voice note is taken as it is; the question "whose voice?" belongs in a private
chat.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import assert_never

from telegram import Bot

from bot.address import owner_of
from bot.context import BotContext
from bot.drafting.downloads import download, refuse_by_size
from bot.drafting.drafts import (
    Sender,
    choose_face,
    drop_draft,
    keep_portrait,
    keep_words,
    message_id_of,
)
from bot.drafting.filming import Seen, SentFilm, watched
from bot.drafting.placing import place_order
from bot.drafting.portraying import SentPicture, looked_at, show_picture
from bot.drafting.said import keep_own_voice, keep_recording, recording_key
from bot.drafting.sounds import Sound
from bot.groups.questions import draw_up, put
from bot.groups.saying import Asked
from bot.menus.permissions import faces_here_keyboard
from bot.reactions import Sign, react
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.settings import SpeechSettings
from pipeline.store.drafts import Draft
from pipeline.store.preferences import Preferences
from pipeline.store.questions import QuestionKind
from pipeline.types import ConsentId, PortraitVerdict


async def order(asked: Asked, sender: Sender, consent: ConsentId, context: BotContext) -> None:
    """Look at the picture and order the video, or ask which face; the order announces itself.

    The same update again orders nothing twice. Raises ``BoltiError``: of the picture, of what is
    said, of the limits.
    """
    services = context.services
    await react(context.bot, sender.address, Sign.SEEN)  # a look at a video takes seconds
    # Of the one who asks, also where somebody else's tap has brought us here.
    preferences = await services.preferences.get(owner_of(sender.user_id))
    try:
        async with _seen(asked, sender, preferences, context) as seen:
            verdict, picture = seen.verdict, seen.picture
            if len(verdict.choices) > 1 and asked.number not in verdict.choices:
                await _ask_which_face(asked, sender, verdict, picture, context)
                return
            draft = await keep_portrait(services, sender, picture, verdict, seen.film)
        if asked.number is not None:
            draft = await choose_face(services, draft, asked.number)
        if asked.words is not None:
            draft = await keep_words(services, sender, asked.words)
        else:
            assert asked.voice is not None
            draft = await _keep_voice(asked.voice, sender, draft, context)
        await place_order(services, sender, draft, preferences, consent)
    finally:
        await drop_draft(services, sender.key)


@asynccontextmanager
async def _seen(
    asked: Asked, sender: Sender, preferences: Preferences, context: BotContext
) -> AsyncIterator[Seen]:
    match asked.face:
        case SentPicture() as still:
            async with looked_at(still, sender.update_id, context) as (verdict, picture):
                yield Seen(verdict=verdict, picture=picture)
        case SentFilm() as film:
            async with watched(film, sender.update_id, preferences, context) as seen:
                yield seen
        case None:
            raise AssertionError("nobody asks without a face")
        case _:
            assert_never(asked.face)


async def _ask_which_face(
    asked: Asked, sender: Sender, verdict: PortraitVerdict, picture: Path, context: BotContext
) -> None:
    """Show the faces by their numbers, in the language of whoever asked."""
    texts, language = context.texts, sender.address.language
    me = owner_of(sender.user_id)
    question = draw_up(asked, sender, QuestionKind.FACE, me, context)
    numbered = await context.services.show_faces(picture, verdict)
    caption = texts.html(language, "face.which", faces=len(verdict.faces))
    keyboard = faces_here_keyboard(texts, language, question.id, verdict.choices)
    await put(
        question,
        lambda: show_picture(sender, numbered, caption, keyboard, context, silent=True),
        context,
    )


def refuse_note(bot: Bot, sound: Sound, settings: SpeechSettings) -> None:
    """Raise ``SoundTooLarge`` or ``SoundTooLong`` for what Telegram says is beyond a limit."""
    refuse_by_size(bot, sound.size_bytes, settings.max_sound_bytes, errors.SoundTooLarge)
    if (sound.duration_s or 0.0) > settings.max_recording_s:
        raise errors.SoundTooLong(settings.max_s)


async def _keep_voice(sound: Sound, sender: Sender, draft: Draft, context: BotContext) -> Draft:
    services, settings = context.services, context.services.settings
    refuse_note(context.bot, sound, settings.speech)
    limit = settings.speech.max_sound_bytes
    async with scratch_folder(settings.scratch_dir, f"intake-{sender.update_id}") as folder:
        source, wav = folder / "sent", folder / "speech.wav"
        await download(context.bot, sound.file_id, source, limit, errors.SoundTooLarge)
        speech = await services.recordings.check(source, wav, cut=False, clean=False)
        key = recording_key(sender.key, sender.update_id)
        await services.store.put(wav, key)
    message = message_id_of(sender)
    kept = await keep_recording(services, draft, key, speech.duration_s, message)
    return await keep_own_voice(services, kept)
