"""Admins look at everybody's orders, hold the line, cancel and have things made anew.

``/jobs``, ``/job ID``, ``/pause``, ``/resume``, ``/drain``, ``/cancel ID``, ``/retry ID``. An id
is the short one that users read (``K7Q2``) or the whole one. Never shown: scripts and photos.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from telegram import Message, Update
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.address import owner_of, user_id_of
from bot.admin import act, admin_of, admins_only, age, answer, record, stage_name
from bot.commanding import command_in
from bot.context import BotApplication, BotContext, message_of
from bot.handlers.orders import where
from bot.menus import taps
from bot.menus.keyboards import Action
from bot.menus.panel import order_keyboard
from bot.menus.taps import Tapped
from bot.texts import short_id
from pipeline import errors
from pipeline.types import Job, JobId, JobState

SEARCHED = timedelta(days=30)
SHOWN = 30
STATES = {
    JobState.QUEUED: "admin.state_queued",
    JobState.RUNNING: "admin.state_running",
    JobState.SUCCEEDED: "admin.state_succeeded",
    JobState.FAILED: "admin.state_failed",
    JobState.CANCELLED: "admin.state_cancelled",
}


EVENTS = {
    "accepted": "event.accepted",
    "announced": "event.announced",
    "render begun": "event.render_begun",
    "preview made": "event.preview_made",
    "rendered": "event.rendered",
    "retried": "event.retried",
    "sending": "event.sending",
    "succeeded": "event.succeeded",
    "failed": "event.failed",
    "cancelled": "event.cancelled",
}
"""What happens to orders, as the pipeline writes it."""


class CancelsOne(filters.MessageFilter):
    """Lets ``/cancel`` through where it names an order; without one it is about one's own."""

    def filter(self, message: Message) -> bool:
        """Look at one message."""
        command = command_in(message)
        return command is not None and command.name == "cancel" and bool(command.words)


def register(app: BotApplication) -> None:
    """Add the commands."""
    mine = admins_only(app)
    app.add_handler(CommandHandler("jobs", jobs, mine))
    app.add_handler(CommandHandler("job", job, mine))
    app.add_handler(CommandHandler("pause", pause, mine))
    app.add_handler(CommandHandler("resume", resume, mine))
    app.add_handler(CommandHandler("drain", drain, mine))
    app.add_handler(CommandHandler("retry", retry, mine))
    app.add_handler(MessageHandler(mine & CancelsOne(), cancel))
    taps.register(app, {Action.RETRY_ANY: on_retry})


async def jobs(update: Update, context: BotContext) -> None:
    """List what is unfinished, whoever ordered it."""
    unfinished = await context.services.jobs.unfinished()
    if not unfinished:
        await answer(update, context, context.t("admin.no_jobs"))
        return
    lines = [
        context.t(
            "admin.job_line",
            where=short_id(one.id),
            who=str(user_id_of(one.owner)),
            age=_age(one.created_at, context),
            state=context.texts.plain(context.language, STATES[one.state]),
        )
        for one in unfinished[:SHOWN]
    ]
    if len(unfinished) > SHOWN:
        lines.append(context.t("admin.more", count=len(unfinished) - SHOWN))
    await answer(update, context, "\n".join(lines))


async def job(update: Update, context: BotContext) -> None:
    """Show what happened to one order, and when."""
    one = await _named(update, context)
    if one is None:
        return
    lines = [
        context.t(
            "admin.job",
            id=short_id(one.id),
            whole=one.id,
            who=str(user_id_of(one.owner)),
            state=context.texts.plain(context.language, STATES[one.state]),
        )
    ]
    if not one.state.is_final:
        lines.append(await where(one, context))
    for event in await context.services.jobs.timeline(one.id):
        at = f"{event.at:%d.%m. %H:%M:%S}"
        by = f" ({event.by})" if event.by else ""
        lines.append(context.t("admin.event", at=at, what=_what(event.what, context) + by))
    if one.failure is not None:
        retry = "✓" if one.failure.retryable else "✗"
        lines.append(context.t("admin.failure", code=one.failure.code, retry=retry))
    if one.result is not None:
        lines.append(
            context.t(
                "admin.result",
                engine=one.result.made_by.value,
                seconds=round(one.result.duration_s, 1),
                took=", ".join(
                    context.t("admin.stage", stage=stage_name(stage, context), seconds=f"{s:.1f}")
                    for stage, s in one.result.timings_s.items()
                ),
            )
        )
    keyboard = order_keyboard(context.texts, context.language, one)
    await answer(update, context, "\n".join(lines), keyboard)


def _what(happened: str, context: BotContext) -> str:
    """Name what happened to an order; what has no name here as the pipeline wrote it."""
    event, colon, rest = happened.partition(":")
    key = EVENTS.get(event)
    return happened if key is None else context.texts.plain(context.language, key) + colon + rest


async def pause(update: Update, context: BotContext) -> None:
    """Let no render start."""
    await act(update, context, "pause")
    await context.services.jobs.pause(by=admin_of(update))
    await answer(update, context, context.t("admin.paused"))


async def resume(update: Update, context: BotContext) -> None:
    """Open the line again."""
    await act(update, context, "resume")
    await context.services.jobs.resume(by=admin_of(update))
    await answer(update, context, context.t("admin.resumed"))


async def drain(update: Update, context: BotContext) -> None:
    """Take no new orders, and finish those there are."""
    await act(update, context, "drain")
    await context.services.jobs.drain(by=admin_of(update))
    await answer(update, context, context.t("admin.draining"))


async def cancel(update: Update, context: BotContext) -> None:
    """Cancel anybody's order; its owner reads that it was cancelled."""
    one = await _named(update, context)
    if one is None:
        return
    await act(update, context, "cancel", job=one.id)
    done = await context.services.jobs.cancel(one.id, by=admin_of(update), entitled=True)
    key = "admin.cancelled" if done else "cancel.too_late"
    await answer(update, context, context.t(key, id=short_id(one.id)))


async def retry(update: Update, context: BotContext) -> None:
    """Have a failed or cancelled order made anew; its owner gets the video."""
    one = await _named(update, context)
    if one is None:
        return
    await act(update, context, "retry", job=one.id)
    done = await context.services.jobs.retry(one.id, by=admin_of(update))
    key = "admin.retried" if done else "admin.not_retried"
    await answer(update, context, context.t(key, id=short_id(one.id)))


async def on_retry(tapped: Tapped, context: BotContext) -> None:
    """Have the order of the page made anew; nobody but an admin may."""
    if tapped.user_id not in context.services.settings.access.admins:
        await taps.refuse(tapped, context)
        return
    by, id = owner_of(tapped.user_id), JobId(tapped.target)
    await record(by, context, "retry", job=id)
    done = await context.services.jobs.retry(id, by=by)
    key = "admin.retried" if done else "admin.not_retried"
    await tapped.answer(context.texts.plain(context.language, key, id=short_id(id)))
    await tapped.loses_buttons()


async def _named(update: Update, context: BotContext) -> Job | None:
    """Find the order that the command names; if there is none, it is answered here."""
    command = command_in(message_of(update))
    name = command.words.split()[0] if command is not None and command.words else ""
    if not name:
        await answer(update, context, context.t("admin.which_job"))
        return None
    found = await find_job(name, context)
    if found is None:
        await answer(update, context, context.t("admin.no_such_job", id=name))
    return found


async def find_job(name: str, context: BotContext) -> Job | None:
    """Find an order by its whole id, or the newest one with that short id, open ones first."""
    services = context.services
    if name.lower().startswith("tg-"):
        try:
            return await services.jobs.get(JobId(name.lower()))
        except errors.JobNotFound:
            return None
    short = "#" + name.lstrip("#").upper()
    open_ids = [one.id for one in reversed(await services.jobs.unfinished())]
    ids = await services.community.day.ids_since(datetime.now(UTC) - SEARCHED)
    match = next((id for id in (*open_ids, *ids) if short_id(id) == short), None)
    return None if match is None else await services.jobs.get(match)


def _age(since: datetime, context: BotContext) -> str:
    past = (datetime.now(UTC) - since).total_seconds()
    return age(context.texts, context.language, past)
