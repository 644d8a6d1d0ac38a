"""The buttons under the operators' pages: /status (look again, hold the line, open it) and /job.

What holds the line is asked once more, since everybody who waits reads it.
"""

from __future__ import annotations

from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.menus.keyboards import Action, button, job_keyboard, rows
from bot.texts import Texts
from pipeline.line import LineMode
from pipeline.types import Job, JobState


class Press(StrEnum):
    """What a button of the panel does."""

    REFRESH = "refresh"
    PAUSE = "pause"
    DRAIN = "drain"
    RESUME = "resume"
    REALLY_PAUSE = "pause!"
    REALLY_DRAIN = "drain!"


WORDS = {
    Press.REFRESH: "panel.refresh",
    Press.PAUSE: "panel.pause",
    Press.DRAIN: "panel.drain",
    Press.RESUME: "panel.resume",
    Press.REALLY_PAUSE: "panel.really_pause",
    Press.REALLY_DRAIN: "panel.really_drain",
}
OFFERED = {
    LineMode.OPEN: (Press.REFRESH, Press.PAUSE, Press.DRAIN),
    LineMode.PAUSED: (Press.REFRESH, Press.RESUME),
    LineMode.DRAINING: (Press.REFRESH, Press.RESUME),
}


def panel_keyboard(texts: Texts, language: str, mode: LineMode) -> InlineKeyboardMarkup:
    """Offer what can be done about the line as it is."""
    return rows(_button(texts, language, press) for press in OFFERED[mode])


def sure_keyboard(texts: Texts, language: str, press: Press) -> InlineKeyboardMarkup:
    """Ask once more; the way back looks again."""
    back = texts.plain(language, "button.back")
    return rows([_button(texts, language, press), button(back, Action.PANEL, Press.REFRESH)])


def order_keyboard(texts: Texts, language: str, job: Job) -> InlineKeyboardMarkup | None:
    """Offer what can be done about one order: stop it, or have it made anew."""
    if not job.state.is_final:
        return job_keyboard(texts, language, job.id)
    if job.state is JobState.SUCCEEDED:
        return None
    return rows([button(texts.plain(language, "button.try_again"), Action.RETRY_ANY, job.id)])


def _button(texts: Texts, language: str, press: Press) -> InlineKeyboardButton:
    return button(texts.plain(language, WORDS[press]), Action.PANEL, press)
