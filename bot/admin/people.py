"""Admins decide about people and groups: /ban, /unban, /allow, /quota, /invite.

All by numeric id, groups below zero. The answer says what stands now, what stood before, and the
command that takes it back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from telegram import Update
from telegram.ext import CommandHandler

from bot.access import INVITED_BY
from bot.address import owner_of
from bot.admin import act, admin_of, admins_only, answer
from bot.commanding import command_in
from bot.context import BotApplication, BotContext, message_of
from pipeline.store.access import Standing
from pipeline.types import Owner

INVITATION_DAYS = 7
MOST_USES = 10_000
MOST_DAYS = 365
STANDINGS = {
    Standing.ORDINARY: "admin.standing_ordinary",
    Standing.ALLOWED: "admin.standing_allowed",
    Standing.BANNED: "admin.standing_banned",
}
NOW = {
    Standing.ORDINARY: "admin.ordinary",
    Standing.ALLOWED: "admin.allowed",
    Standing.BANNED: "admin.banned",
}
COMMANDS = {Standing.ORDINARY: "unban", Standing.ALLOWED: "allow", Standing.BANNED: "ban"}
"""What lets somebody stand so."""
DEFAULT = "-"
"""What takes a limit of one's own away."""


def register(app: BotApplication) -> None:
    """Add the commands."""
    mine = admins_only(app)
    app.add_handler(CommandHandler("ban", ban, mine))
    app.add_handler(CommandHandler("unban", unban, mine))
    app.add_handler(CommandHandler("allow", allow, mine))
    app.add_handler(CommandHandler("quota", quota, mine))
    app.add_handler(CommandHandler("invite", invite, mine))


async def ban(update: Update, context: BotContext) -> None:
    """Shut somebody out, and cancel what they have in the making."""
    who = await _named(update, context)
    if who is None:
        return
    if who == admin_of(update):
        await answer(update, context, context.t("admin.not_yourself"))
        return
    await _stand(update, context, who, Standing.BANNED)
    jobs = await context.services.jobs.of_owner(who)
    for job in jobs:
        await context.services.jobs.cancel(job.id, by=admin_of(update), entitled=True)
    if jobs:
        await answer(update, context, context.t("admin.ban_cancelled", count=len(jobs)))


async def unban(update: Update, context: BotContext) -> None:
    """Take a ban, or an invitation, back: they stand as everybody does."""
    if (who := await _named(update, context)) is not None:
        await _stand(update, context, who, Standing.ORDINARY)


async def allow(update: Update, context: BotContext) -> None:
    """Let somebody in, where the bot is not open to everybody."""
    if (who := await _named(update, context)) is not None:
        await _stand(update, context, who, Standing.ALLOWED)


async def quota(update: Update, context: BotContext) -> None:
    """Give somebody a daily limit of their own, or with ``-`` that of everybody."""
    words = _words(update)
    who = _who(words[0]) if words else None
    limit = words[1] if len(words) > 1 else ""
    if who is None or not (limit == DEFAULT or (limit.isascii() and limit.isdigit())):
        await answer(update, context, context.t("admin.quota_how"))
        return
    value = None if limit == DEFAULT else int(limit)
    access = context.services.community.access
    before = (await access.entry(who)).jobs_per_day
    await act(update, context, "quota", whom=who, before=str(before), after=str(value))
    await access.set_jobs_per_day(who, value)
    new = _limit(value, context)
    if value == before:
        await answer(update, context, context.t("admin.quota_same", who=words[0], new=new))
        return
    undo = DEFAULT if before is None else str(before)
    old = _limit(before, context)
    sentence = context.t("admin.quota_set", who=words[0], old=old, new=new, undo=undo)
    await answer(update, context, sentence)


async def invite(update: Update, context: BotContext) -> None:
    """Make a link that lets people in: ``/invite [how many people] [how many days]``."""
    words = _words(update)
    if not all(word.isascii() and word.isdigit() for word in words) or len(words) > 2:
        await answer(update, context, context.t("admin.invite_how"))
        return
    uses = max(1, min(MOST_USES, int(words[0]))) if words else 1
    days = max(1, min(MOST_DAYS, int(words[1]))) if len(words) > 1 else INVITATION_DAYS
    await act(update, context, "invite", people=uses, days=days)
    token = await context.services.community.access.invite(
        uses=uses, expires_at=datetime.now(UTC) + timedelta(days=days)
    )
    link = f"https://t.me/{context.bot.username}?start={INVITED_BY}{token}"
    sentence = context.t("admin.invited", link=link, uses=str(uses), days=days)
    await answer(update, context, sentence)


async def _stand(update: Update, context: BotContext, who: Owner, standing: Standing) -> None:
    access = context.services.community.access
    named, was = _words(update)[0], (await access.entry(who)).standing
    await act(update, context, standing.value, whom=who, before=was.value)
    await access.set_standing(who, standing)
    if was is standing:
        past = context.t("admin.stood_so")
    else:
        old = context.texts.plain(context.language, STANDINGS[was])
        past = context.t("admin.stood", who=named, old=old, command=COMMANDS[was])
    await answer(update, context, f"{context.t(NOW[standing], who=named)}\n{past}")


async def _named(update: Update, context: BotContext) -> Owner | None:
    """Find out whom the command names; if nobody, it is answered here."""
    words = _words(update)
    who = _who(words[0]) if words else None
    if who is None:
        await answer(update, context, context.t("admin.which_person"))
    return who


def _words(update: Update) -> list[str]:
    command = command_in(message_of(update))
    return command.words.split() if command is not None else []


def _who(word: str) -> Owner | None:
    digits = word.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit()
    return owner_of(int(word)) if is_number else None


def _limit(limit: int | None, context: BotContext) -> str:
    if limit is None:
        return context.texts.plain(context.language, "admin.quota_default")
    if limit == 0:
        return context.texts.plain(context.language, "admin.quota_none")
    return str(limit)
