"""Complaints: the Report button under every video, /report for anyone, /optout.

Two taps: report, and what is wrong. Everybody may, whoever ordered the video. The operators hear
of it at once; what they decide stands in ``report_desk.py``.
"""

from __future__ import annotations

import logging

from telegram import Message, Update
from telegram.ext import MessageHandler, filters

from bot.address import Address, address_of, owner_of
from bot.commanding import Said, command_in
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.drafting.portraying import looked_at, still_in
from bot.handlers.report_desk import alert
from bot.menus import taps
from bot.menus.keyboards import Action, number_in
from bot.menus.taps import Tapped
from bot.reporting import NO_JOB, job_in, kinds_keyboard
from pipeline import errors
from pipeline.safety.audit import Event
from pipeline.safety.reports import HOURS
from pipeline.types import JobId, ReportKind

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add the commands, in every kind of chat, and the buttons."""
    said = filters.UpdateType.MESSAGE
    app.add_handler(MessageHandler(said & Said("report"), report))
    app.add_handler(MessageHandler(said & Said("optout", "protect"), opt_out))
    taps.register(app, {Action.REPORT: on_report, Action.REPORT_KIND: on_kind})


async def on_report(tapped: Tapped, context: BotContext) -> None:
    """Ask what is wrong with the video above the button."""
    shown = tapped.message
    source = await _known(tapped.target, context)
    if source is None and shown is not None:
        source = f"{NO_JOB}{shown.message_id}"  # its row went with the years, the video did not
    if source is None:
        await taps.say_old(tapped, context)
        return
    await tapped.answer()
    address = tapped.address(context.language).asked_by(shown.message_id if shown else None)
    await _ask_kind(address, source, context)


async def report(update: Update, context: BotContext) -> None:
    """Ask what is wrong with the video that is answered, or named by its number."""
    message = message_of(update)
    command = command_in(message)
    job_id = await job_in(message, command.words if command else "", context)
    address = address_of(message, context.language)
    if job_id is not None:
        await _ask_kind(address, job_id, context)
    elif message.reply_to_message is not None:
        await _ask_kind(address, f"{NO_JOB}{message.reply_to_message.message_id}", context)
    else:
        await context.reply(message, context.t("report.how"))


async def on_kind(tapped: Tapped, context: BotContext) -> None:
    """Take the complaint in, thank for it, and tell the operators."""
    name, _, told = tapped.target.partition(".")
    source = await _known(told, context)
    if name not in ReportKind.__members__.values() or source is None:
        await taps.say_old(tapped, context)
        return
    kind, address = ReportKind(name), tapped.address(context.language)
    job_id = None if source.startswith(NO_JOB) else JobId(source)
    await _take(kind, source, job_id, tapped.user_id, address, context)
    await tapped.answer(context.texts.plain(context.language, "report.toast"))
    await tapped.query.edit_message_text(context.t("report.thanks", hours=HOURS[kind]))


async def opt_out(update: Update, context: BotContext) -> None:
    """Let a person's photo, or every photo that they send in groups, never speak."""
    message = message_of(update)
    owner = owner_of(sender_of(update).id)
    shown = message.reply_to_message
    if shown is None:
        await context.services.handshakes.opt_out(owner)
        await context.services.audit.record(Event.OPTED_OUT, who=owner)
        await context.reply(message, context.t("optout.all"))
        return
    if still_in(shown) is not None:
        await _block_photo(update, shown, context)
        await context.reply(message, context.t("optout.photo"))
        return
    job_id = await job_in(message, "", context)
    source = job_id or f"{NO_JOB}{shown.message_id}"
    address = address_of(message, context.language)
    await _take(ReportKind.MINE, source, job_id, sender_of(update).id, address, context)
    await context.reply(message, context.t("report.thanks", hours=HOURS[ReportKind.MINE]))


async def _known(source: str, context: BotContext) -> str | None:
    """Give the source that a button names, if there is such a job or message."""
    if source.startswith(NO_JOB):
        return source if number_in(source.removeprefix(NO_JOB)) else None
    try:
        return (await context.services.jobs.get(JobId(source))).id
    except errors.JobNotFound:
        return None


async def _ask_kind(address: Address, source: str, context: BotContext) -> None:
    keyboard = kinds_keyboard(context.texts, context.language, source)
    await context.say(address, context.t("report.which"), keyboard, silent=True)


async def _take(
    kind: ReportKind,
    source: str,
    job_id: JobId | None,
    user_id: int,
    address: Address,
    context: BotContext,
) -> None:
    where = f"{address.chat_id} {source}" if job_id is None else source
    report, is_new = await context.services.reports.take(
        kind, by=owner_of(user_id), job_id=job_id, source=where, reply_to=address.pack()
    )
    if is_new:
        number = source.removeprefix(NO_JOB)
        shown = (address.chat_id, int(number)) if job_id is None else None
        await alert(report, context.bot, context.services, context.texts, shown=shown)


async def _block_photo(update: Update, shown: Message, context: BotContext) -> None:
    still = still_in(shown)
    assert still is not None
    owner = owner_of(sender_of(update).id)
    try:
        async with looked_at(still, update.update_id, context) as (_, picture):
            await context.services.blocks.block_photo(picture, "optout", owner)
    except errors.PhotoBlocked:
        log.info("update %d: the photo is blocked already", update.update_id)
