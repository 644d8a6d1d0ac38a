"""/voice (also /voices, and "/voice tamil"): hear the voices, and choose one, in one message.

A sample is spoken once for everybody; afterwards it is sent by the reference that Telegram gave.
Speaking may take longer than a handler: it goes on as an errand. How the pages look stands in
``bot/menus/voice_pages.py``.
"""

from __future__ import annotations

import asyncio
import logging

from telegram import Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import CommandHandler, filters

from bot.address import Address, owner_of
from bot.context import BotApplication, BotContext, message_of
from bot.drafting.wishes import engine_for
from bot.menus import taps
from bot.menus.keyboards import Action
from bot.menus.taps import Tapped
from bot.menus.voice_pages import HOME, Page, Shelf, found_locale, home_page, locale_page
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.types import Voice, VoiceId

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
USUAL_LOCALE = "en-IN"

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add the command and its buttons."""
    app.add_handler(CommandHandler(("voice", "voices"), voice, PRIVATE))
    taps.register(app, {Action.VOICES: on_page, Action.HEAR: on_hear, Action.USE: on_use})


async def voice(update: Update, context: BotContext) -> None:
    """Show the languages, or the voices of the one that was asked for."""
    asked = " ".join(context.args or ())
    shelf = await _shelf(context)
    locale = found_locale(asked, shelf, context.texts, context.texts.languages)
    text, keyboard = _page(locale or HOME, shelf, context)
    if asked and locale is None:
        text = f"{context.t('voice.no_such_language')}\n\n{text}"
    await context.reply(message_of(update), text, keyboard)


async def open_voices(address: Address, context: BotContext) -> None:
    """Show the languages in a message of their own."""
    await context.say(address, *_page(HOME, await _shelf(context), context))


async def on_page(tapped: Tapped, context: BotContext) -> None:
    """Turn to a language, or to all of them."""
    await tapped.answer()
    await _turn_to(tapped, _page(tapped.target, await _shelf(context), context))


async def on_use(tapped: Tapped, context: BotContext) -> None:
    """Let this voice speak for the person from now on."""
    chosen = await _offered(tapped, context)
    if chosen is None:
        return
    await context.services.preferences.change(owner_of(tapped.user_id), voice=chosen.id)
    await context.refresh_data()
    toast = context.texts.plain(context.language, "voice.used", voice=context.voice_name)
    await tapped.answer(toast)
    await _turn_to(tapped, _page(chosen.locale, await _shelf(context), context))


async def on_hear(tapped: Tapped, context: BotContext) -> None:
    """Send the sample of a voice, spoken now if nobody has heard it before."""
    wanted = await _offered(tapped, context)
    if wanted is None:
        return
    await tapped.answer(context.texts.plain(context.language, "voice.speaking"))
    errand = f"sample:{tapped.user_id}:{wanted.id}"
    if not context.app.errands.is_running(errand):
        address = tapped.address(context.language)
        context.app.errands.start(errand, _send_sample(wanted, address, context))


async def _send_sample(wanted: Voice, address: Address, context: BotContext) -> None:
    services = context.services
    text = services.sample_texts.get(wanted.locale, services.sample_texts[USUAL_LOCALE])
    reference = await services.samples.get(wanted.id, text)
    if reference is not None:
        try:
            await _send(wanted, reference, address, context)
        except BadRequest as e:  # of another bot's days
            log.info("the sample of %s is spoken again: %s", wanted.id, e.message)
        else:
            return
    try:
        scratch = services.settings.scratch_dir
        async with scratch_folder(scratch, f"sample-{address.chat_id}-{wanted.id}") as folder:
            note = folder / "sample.ogg"
            await services.speak_sample(wanted, text, note)
            sound = await asyncio.to_thread(note.read_bytes)
        await services.samples.put(wanted.id, text, await _send(wanted, sound, address, context))
    except errors.BoltiError as e:
        log.info("no sample of %s: %s", wanted.id, e.code)
        await context.say(address, context.t("voice.no_sample", voice=context.label_of(wanted.id)))
    except TelegramError as e:
        log.warning("the sample of %s was not sent: %s", wanted.id, type(e).__name__)


async def _send(wanted: Voice, sound: str | bytes, address: Address, context: BotContext) -> str:
    """Send a sample as a voice note, and give the reference to send it again."""
    message = await context.bot.send_voice(
        address.chat_id,
        sound,
        caption=context.t("voice.sample", voice=context.label_of(wanted.id)),
        message_thread_id=address.thread_id,
        disable_notification=True,
    )
    return message.voice.file_id if message.voice is not None else ""


async def _offered(tapped: Tapped, context: BotContext) -> Voice | None:
    """Give the voice of the button; one that is offered no longer is told here."""
    offered = {voice.id: voice for voice in await context.services.speaker.voices()}
    found = offered.get(VoiceId(tapped.target))
    if found is None:
        toast = context.texts.plain(context.language, "voice.gone")
        await tapped.answer(toast, show_alert=True)
        await _turn_to(tapped, _page(HOME, await _shelf(context), context))
    return found


async def _shelf(context: BotContext) -> Shelf:
    return Shelf(
        voices=list(await context.services.speaker.voices()),
        chosen=context.voice_id,
        chosen_label=context.voice_label,
        lips_by_diffusion=await context.services.follows_films(
            engine_for(context.services.settings, context.preferences)
        ),
    )


def _page(target: str, shelf: Shelf, context: BotContext) -> Page:
    if target == HOME:
        return home_page(shelf, context.texts, context.language)
    return locale_page(target, shelf, context.texts, context.language)


async def _turn_to(tapped: Tapped, page: Page) -> None:
    text, keyboard = page
    try:
        await tapped.query.edit_message_text(text, reply_markup=keyboard)
    except BadRequest as e:  # the same page again
        if "not modified" not in e.message.lower():
            raise
