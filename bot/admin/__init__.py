"""THE OPERATORS' SIDE: commands of admins, in their private chats, by numeric id.

Nobody else learns that there are such commands: for them these are commands that do not exist.
Every act is recorded (``act``). Alerts go to the operators' chat.

Where the next one goes: a command is a handler in the file of its concern here, a line in
``ADMIN_COMMANDS`` of ``bot/commands.py``, and its description in the texts.
"""

from __future__ import annotations

from datetime import timedelta

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import filters

from bot.address import owner_of
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.texts import Texts
from pipeline.safety.audit import Event
from pipeline.types import JobId, Owner, Stage

STAGES = {
    Stage.WAITING: "stage.waiting",
    Stage.SPEAKING: "stage.speaking",
    Stage.HEARING: "stage.hearing",
    Stage.LOOKING: "stage.looking",
    Stage.SYNCING: "stage.syncing",
    Stage.SENDING: "stage.sending",
}
PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE


def admins_only(app: BotApplication) -> filters.BaseFilter:
    """Let messages of admins through, in their private chats."""
    return PRIVATE & filters.User(user_id=app.services.settings.access.admins)


def admin_of(update: Update) -> Owner:
    """Say which admin it is."""
    return owner_of(sender_of(update).id)


async def act(
    update: Update,
    context: BotContext,
    what: str,
    *,
    job: JobId | None = None,
    whom: Owner | None = None,
    **facts: str | int,
) -> None:
    """Put into the audit trail what an admin does by a command, before it is done."""
    await record(admin_of(update), context, what, job=job, whom=whom, **facts)


async def record(
    by: Owner,
    context: BotContext,
    what: str,
    *,
    job: JobId | None = None,
    whom: Owner | None = None,
    **facts: str | int,
) -> None:
    """Put into the audit trail what an admin does, before it is done."""
    audit = context.services.audit
    about = job or (audit.pseudonym(whom) if whom is not None else "")
    await audit.record(Event.ADMIN, who=by, about=about, act=what, **facts)


async def answer(
    update: Update,
    context: BotContext,
    sentence: str,
    keyboard: InlineKeyboardMarkup | None = None,
) -> None:
    """Answer an admin."""
    await context.reply(message_of(update), sentence, keyboard)


def age(texts: Texts, language: str, seconds: float) -> str:
    """Write how long something takes, or is past, in the unit that fits."""
    span = timedelta(seconds=max(0.0, seconds))
    if span < timedelta(minutes=2):
        return texts.plain(language, "age.s", count=round(span.total_seconds()))
    if span < timedelta(hours=2):
        return texts.plain(language, "age.min", count=round(span / timedelta(minutes=1)))
    if span < timedelta(days=2):
        return texts.plain(language, "age.h", count=round(span / timedelta(hours=1)))
    return texts.plain(language, "age.d", count=round(span / timedelta(days=1)))


def stage_name(stage: Stage, context: BotContext) -> str:
    """Name a stage of a render."""
    return context.texts.plain(context.language, STAGES[stage])
