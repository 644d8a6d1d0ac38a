"""Reminds the operators of complaints: once when the time is nearly over, once when it is.

A duty looks every minute. Who writes has noted so in the row first, so neither a restart nor a
second bot repeats it; where nobody could be told, the note is taken back. What the clocks are
stands in ``pipeline/safety/reports.py``.
"""

from __future__ import annotations

import logging
from typing import Final

from telegram.error import TelegramError

from bot.context import BotApplication
from bot.reporting import desk_keyboard, line_of
from bot.texts import FALLBACK_LANGUAGE
from pipeline.types import Reminder, Report

SENTENCES: Final = {Reminder.SOON: "report.soon", Reminder.OVER: "report.over"}

log = logging.getLogger(__name__)


async def remind(app: BotApplication) -> None:
    """Be the duty: write to the operators about what is due."""
    reports = app.services.reports
    for report, reminder in await reports.reminders():
        if not await reports.remind(report, reminder):
            continue
        if not await _tell(app, report, reminder):
            await reports.not_reminded(report, reminder)


async def _tell(app: BotApplication, report: Report, reminder: Reminder) -> bool:
    """Write to every operator; False if none could be reached."""
    left = app.services.reports.minutes_left(report)
    line = line_of(report, left, app.texts, FALLBACK_LANGUAGE)
    text = f"{app.texts.html(FALLBACK_LANGUAGE, SENTENCES[reminder])}\n{line}"
    keyboard = desk_keyboard(app.texts, FALLBACK_LANGUAGE, report)
    told = 0
    for admin in app.services.settings.access.admins:
        try:
            await app.bot.send_message(admin, text, reply_markup=keyboard)
            told += 1
        except TelegramError as e:
            log.warning("report %s: not reminded: %s", report.id, type(e).__name__)
    log.warning("report %s: %d operators are reminded: %s", report.id, told, reminder.value)
    return told > 0
