"""What reports and their answers look like, and which order a message's video came from.

Not known here: what a tap does (``handlers/reports.py``, ``handlers/report_desk.py``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from telegram import InlineKeyboardMarkup, Message

from bot.context import BotContext
from bot.menus.keyboards import Action, column
from bot.texts import Texts, short_id
from pipeline.types import Decision, JobId, Report, ReportKind

KIND_KEYS = {
    ReportKind.INTIMATE: "report.kind_intimate",
    ReportKind.IMPERSONATION: "report.kind_impersonation",
    ReportKind.MINE: "report.kind_mine",
    ReportKind.COURT_ORDER: "report.kind_order",
    ReportKind.OTHER: "report.kind_other",
}
DECISION_KEYS = {
    Decision.TAKEN_DOWN: "report.do_down",
    Decision.TAKEN_DOWN_AND_BANNED: "report.do_ban",
    Decision.DISMISSED: "report.do_no",
}
NO_JOB = "m"
"""Before the id of a message whose video is of no order that we know."""


def kinds_keyboard(texts: Texts, language: str, source: str) -> InlineKeyboardMarkup:
    """Ask what is wrong; ``source`` is a job's id, or a message's behind ``NO_JOB``."""
    return column(
        (
            texts.plain(language, KIND_KEYS[kind]),
            Action.REPORT_KIND,
            f"{kind.value}.{source}",
        )
        for kind in ReportKind
    )


def desk_keyboard(texts: Texts, language: str, report: Report) -> InlineKeyboardMarkup:
    """Offer the decisions; without a known order only to dismiss."""
    offered = list(Decision) if report.job_id else [Decision.DISMISSED]
    return column(
        (
            texts.plain(language, DECISION_KEYS[decision]),
            Action.DECIDE,
            f"{decision.value}.{report.id}",
        )
        for decision in offered
    )


def line_of(report: Report, minutes_left: int, texts: Texts, language: str) -> str:
    """Tell a report and its clock on one line."""
    kind = texts.plain(language, KIND_KEYS[report.kind])
    about = short_id(report.job_id) if report.job_id else "?"
    key = "report.clock" if minutes_left >= 0 else "report.late"
    hours, minutes = divmod(abs(minutes_left), 60)
    return texts.html(
        language, key, id=report.id, kind=kind, video=about, hours=hours, minutes=minutes
    )


async def job_in(message: Message, words: str, context: BotContext) -> JobId | None:
    """Find the order that made the video which a message answers, or which words name."""
    outbox = context.services.outbox
    if words.startswith("#"):
        # A name is a digest: only a walk through ids finds it. It is mostly one of the newest.
        name = words.split()[0].upper()
        async for ids in outbox.job_ids():
            if found := await asyncio.to_thread(_named, ids, name):
                return found
        return None
    shown = message.reply_to_message or message
    media = shown.video or shown.animation or shown.video_note or shown.document
    return await outbox.job_of_file(media.file_unique_id) if media else None


def _named(ids: Iterable[JobId], name: str) -> JobId | None:
    """Find the first order that people call so."""
    return next((id for id in ids if short_id(id) == name), None)
