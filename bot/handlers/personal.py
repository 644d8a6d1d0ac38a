"""/start with its buttons, /help, /privacy, and the answer to a command that there is not.

Knows no job and no draft.
"""

from __future__ import annotations

import asyncio

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.access import videos_a_day
from bot.address import address_of, owner_of
from bot.commands import help_lines
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.handlers.voices import open_voices
from bot.menus import taps
from bot.menus.keyboards import VOICES, Action, start_keyboard
from bot.menus.taps import Tapped
from pipeline.sample import public_portrait
from pipeline.scratch import is_in_memory
from pipeline.store.quotas import NO_LIMIT

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE


def register(app: BotApplication) -> None:
    """Add the commands about the bot itself."""
    app.add_handler(CommandHandler("start", start, PRIVATE))
    app.add_handler(CommandHandler("help", give_help, PRIVATE))
    app.add_handler(CommandHandler("privacy", privacy, PRIVATE))
    taps.register(app, {Action.GREET: on_greet})


def register_last(app: BotApplication) -> None:
    """Add what catches the commands that nobody else took."""
    app.add_handler(MessageHandler(PRIVATE & filters.COMMAND, unknown_command))


async def start(update: Update, context: BotContext) -> None:
    """Say what to send; whoever comes from a group for their voice sees the voices."""
    context.kept()
    message = message_of(update)
    if context.args == [VOICES]:
        await open_voices(address_of(message, context.language), context)
        return
    await context.reply(message, *_greeting(context))


async def on_greet(tapped: Tapped, context: BotContext) -> None:
    """Open the menu of voices below the greeting, or greet in another language from now on."""
    if tapped.target == VOICES:
        await tapped.answer()
        await open_voices(tapped.address(context.language), context)
        return
    if tapped.target not in context.texts.languages:
        await taps.say_old(tapped, context)
        return
    owner = owner_of(tapped.user_id)
    await context.services.preferences.change(owner, language=tapped.target)
    await context.refresh_data()
    await tapped.answer(context.texts.plain(context.language, "settings.kept"))
    await tapped.settles(*_greeting(context))


def _greeting(context: BotContext) -> tuple[str, InlineKeyboardMarkup]:
    has_sample = public_portrait() is not None
    keyboard = start_keyboard(context.texts, context.language, has_sample=has_sample)
    return context.t("start"), keyboard


async def give_help(update: Update, context: BotContext) -> None:
    """Say what works, the limits, and every command."""
    how = context.t(
        "help",
        keep_minutes=context.services.settings.store.draft_minutes,
        **context.script_limits,
    )
    limits = await _limits(sender_of(update).id, context)
    context.kept()
    commands = help_lines(context.texts, context.language)
    await context.reply(message_of(update), f"{how}\n\n{limits}\n\n{commands}")


async def _limits(person_id: int, context: BotContext) -> str:
    """Say how many videos the person may have, at once and a day."""
    at_once = context.services.settings.jobs.open_per_owner
    a_day = await videos_a_day(context.services, person_id)
    told = [context.t("help.at_once", count=at_once)]
    if a_day != NO_LIMIT:
        told.append(context.t("help.a_day", count=a_day))
    return " ".join(told)


async def privacy(update: Update, context: BotContext) -> None:
    """Say what is kept, how long, and where the words go."""
    settings = context.services.settings
    store, chain = settings.store, settings.speech.chain
    if "edge" in chain:
        where = context.t("privacy.words_edge")
    elif "openai" in chain:
        where = context.t("privacy.words_server")
    else:
        where = context.t("privacy.words_here")
    kept = context.t("privacy", keep_hours=store.keep_hours, draft_minutes=store.draft_minutes)
    told = [kept, where, context.t("privacy.rest"), context.t("privacy.rights")]
    if store.encryption_key is not None:
        in_memory = await asyncio.to_thread(is_in_memory, settings.scratch_dir)
        told.insert(2, context.t("privacy.sealed" if in_memory else "privacy.sealed_but_for_work"))
    await context.reply(message_of(update), "\n\n".join(told))


async def unknown_command(update: Update, context: BotContext) -> None:
    """Point to /help."""
    await context.reply(message_of(update), context.t("unknown_command"))
