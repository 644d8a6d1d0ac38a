"""/settings and /language: one message that edits itself; what is tapped is kept at once.

The overview has a button per setting; each opens its choices in the same message. Quality says
how long it really took here, once that was measured. What can be set stands in
``bot/menus/preferences.py``.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from telegram import InlineKeyboardMarkup, Update
from telegram.error import BadRequest
from telegram.ext import CommandHandler, filters

from bot.address import owner_of
from bot.context import BotApplication, BotContext, message_of
from bot.menus import taps
from bot.menus.keyboards import Action, choices_keyboard, number_in, settings_keyboard
from bot.menus.preferences import MENU, Setting, setting_named
from bot.menus.taps import Tapped
from pipeline.types import Quality

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
OVERVIEW = "all"
LEAST_MEASURED = 3
"""So many videos of a quality must have been made before its time is told."""


def register(app: BotApplication) -> None:
    """Add the commands and their buttons."""
    app.add_handler(CommandHandler("settings", settings, PRIVATE))
    app.add_handler(CommandHandler("language", language, PRIVATE))
    taps.register(app, {Action.SETTING: on_open, Action.SET: on_set})


async def settings(update: Update, context: BotContext) -> None:
    """Show everything that can be set."""
    await context.reply(message_of(update), *await overview(context))


async def language(update: Update, context: BotContext) -> None:
    """Show the languages."""
    setting = setting_named("language")
    assert setting is not None
    await context.reply(message_of(update), *await _choices(setting, context))


async def on_open(tapped: Tapped, context: BotContext) -> None:
    """Show the choices of a setting, or all settings again."""
    await tapped.answer()
    setting = setting_named(tapped.target)
    page = await (overview(context) if setting is None else _choices(setting, context))
    await _turn_to(tapped, *page)


async def on_set(tapped: Tapped, context: BotContext) -> None:
    """Keep a choice, and show all settings with it."""
    field, _, place = tapped.target.partition("/")
    setting = setting_named(field)
    number = number_in(place)
    if setting is None or number is None or number >= len(setting.choices):
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return
    choice = setting.choices[number]
    owner = owner_of(tapped.user_id)
    await context.services.preferences.change(owner, **{field: choice.value})
    context.speak(tapped.query.from_user.language_code)
    await context.refresh_data()
    await tapped.answer(context.texts.plain(context.language, "settings.kept"))
    await _turn_to(tapped, *await overview(context))


async def overview(context: BotContext) -> tuple[str, InlineKeyboardMarkup]:
    """Write the page with all settings."""
    lines = [context.t("settings.title")]
    labels = {}
    for setting in MENU:
        name, holds = _written(setting, context)
        lines.append(context.t("settings.line", name=name, value=holds))
        labels[setting.field] = name
    lines.append(context.t("settings.voice", voice=context.voice_label))
    voice = context.texts.plain(context.language, "setting.voice")
    return "\n".join(lines), settings_keyboard(labels, voice)


async def _choices(setting: Setting, context: BotContext) -> tuple[str, InlineKeyboardMarkup]:
    name, holds = _written(setting, context)
    lines = [context.t("settings.line", name=name, value=holds)]
    if setting.field == "quality":
        lines += [
            context.t("settings.takes", name=_word(setting, quality, context), seconds=seconds)
            for quality, seconds in (await measured(context)).items()
        ]
    chosen = setting.chosen(context.preferences, context.services.settings)
    labels = [
        ("✓ " if choice is chosen else "") + context.texts.plain(context.language, choice.word)
        for choice in setting.choices
    ]
    back = context.texts.plain(context.language, "button.back")
    return "\n".join(lines), choices_keyboard(setting.field, labels, back)


async def measured(context: BotContext) -> Mapping[Quality, float]:
    """Tell how many seconds ten seconds of speech took here lately, for each quality."""
    took: dict[Quality, list[float]] = {}
    for result in await context.services.jobs.recent_results():
        if result.duration_s > 0:
            share = sum(result.timings_s.values()) / result.duration_s
            took.setdefault(result.quality, []).append(10 * share)
    return {
        quality: max(1.0, float(round(statistics.median(took[quality]))))
        for quality in Quality
        if len(took.get(quality, ())) >= LEAST_MEASURED
    }


async def _turn_to(tapped: Tapped, text: str, keyboard: InlineKeyboardMarkup) -> None:
    try:
        await tapped.query.edit_message_text(text, reply_markup=keyboard)
    except BadRequest as e:  # the same page again
        if "not modified" not in e.message.lower():
            raise


def _written(setting: Setting, context: BotContext) -> tuple[str, str]:
    """Give the name of a setting and the word for what holds."""
    chosen = setting.chosen(context.preferences, context.services.settings)
    name = context.texts.plain(context.language, setting.word)
    if chosen is None:  # set by other means than a button
        return name, str(getattr(context.preferences, setting.field))
    return name, context.texts.plain(context.language, chosen.word)


def _word(setting: Setting, value: object, context: BotContext) -> str:
    choice = next(choice for choice in setting.choices if choice.value == value)
    return context.texts.plain(context.language, choice.word)
