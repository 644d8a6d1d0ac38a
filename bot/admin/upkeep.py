"""Admins keep the service up: /stats, /maintenance, /loglevel."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from telegram import Update
from telegram.ext import CommandHandler

from bot.admin import act, admin_of, admins_only, age, answer
from bot.commanding import command_in
from bot.context import BotApplication, BotContext, message_of
from pipeline.errors import UnderMaintenance
from pipeline.logs import set_level
from pipeline.types import JobState

SPANS = tuple(timedelta(days=days) for days in (1, 7, 30, 90))
NOTE_CHARS = 500
QUOTES = "\"'“”‘’"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def register(app: BotApplication) -> None:
    """Add the commands."""
    mine = admins_only(app)
    app.add_handler(CommandHandler("stats", stats, mine))
    app.add_handler(CommandHandler("maintenance", maintenance, mine))
    app.add_handler(CommandHandler("loglevel", loglevel, mine))


async def stats(update: Update, context: BotContext) -> None:
    """Show how much was ordered and made in the last days, as long as orders are remembered."""
    now = datetime.now(UTC)
    lines = [context.t("admin.stats")]
    for span in SPANS:
        totals = await context.services.community.day.totals_since(now - span)
        states = totals.states
        lines.append(
            context.t(
                "admin.stats_line",
                span=age(context.texts, context.language, span.total_seconds()),
                ordered=sum(states.values()),
                people=totals.people,
                made=states.get(JobState.SUCCEEDED, 0),
                minutes=round(totals.speech_s / 60),
                failed=states.get(JobState.FAILED, 0),
                cancelled=states.get(JobState.CANCELLED, 0),
            )
        )
    await answer(update, context, "\n".join(lines))


async def maintenance(update: Update, context: BotContext) -> None:
    """Take no new orders, and let whoever asks read why; or open the line again."""
    switch, _, rest = _words(update).partition(" ")
    match switch.lower():
        case "on":
            note = rest.strip().strip(QUOTES).strip()[:NOTE_CHARS]
            await act(update, context, "maintenance")
            await context.services.jobs.drain(by=admin_of(update), note=note)
            await answer(
                update, context, f"{context.t('admin.maintenance')}\n\n{_told(note, context)}"
            )
        case "off":
            await act(update, context, "resume")
            await context.services.jobs.resume(by=admin_of(update))
            await answer(update, context, context.t("admin.resumed"))
        case _:
            await answer(update, context, context.t("admin.maintenance_how"))


async def loglevel(update: Update, context: BotContext) -> None:
    """Change from which level on this process logs; the next start reads the settings again."""
    level = _words(update).upper()
    if level not in LEVELS:
        now = logging.getLevelName(logging.getLogger().level)
        await answer(update, context, context.t("admin.loglevel_how", level=now))
        return
    await act(update, context, "loglevel", level=level)
    set_level(level)
    await answer(update, context, context.t("admin.loglevel", level=level))


def _told(note: str, context: BotContext) -> str:
    """Give what whoever orders reads now."""
    if not note:
        return context.t("error.intake_closed")
    error = UnderMaintenance(note)
    return context.texts.error(context.language, error.code, error.values())


def _words(update: Update) -> str:
    command = command_in(message_of(update))
    return command.words if command is not None else ""
