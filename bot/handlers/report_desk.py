"""The operators' side of complaints: the alert, /reports with the clocks, one tap that decides.

Taking down blocks the photo (exactly and by its looks), deletes the video here and, where Telegram
still allows it, in the chat; the reporter and whoever ordered the video are told. First it is
done, then recorded: a tap that a crash cuts off comes again and does the same.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from telegram import Bot, Message, Update
from telegram.error import TelegramError
from telegram.ext import CommandHandler, filters

from bot.address import Address, owner_of, unpack_address
from bot.context import BotApplication, BotContext, message_of
from bot.menus import taps
from bot.menus.keyboards import Action
from bot.menus.taps import Tapped
from bot.reporting import desk_keyboard, line_of
from bot.texts import Texts, short_id
from pipeline import errors
from pipeline.store.access import Standing
from pipeline.types import Decision, Job, JobId, Owner, Report

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
LANGUAGE: Final = "en"
"""The operators read English."""

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add /reports and the deciding buttons; both are for operators only."""
    app.add_handler(CommandHandler("reports", reports, PRIVATE & _Operators(app)))
    taps.register(app, {Action.DECIDE: on_decide})


class _Operators(filters.MessageFilter):
    """Lets the operators' messages through; with none named, nobody's."""

    def __init__(self, app: BotApplication) -> None:
        super().__init__()
        self._app = app

    def filter(self, message: Message) -> bool:
        admins = self._app.services.settings.access.admins
        return message.from_user is not None and message.from_user.id in admins


async def alert(
    report: Report,
    bot: Bot,
    services: Services,
    texts: Texts,
    *,
    shown: tuple[int, int] | None = None,
) -> None:
    """Show the operators a new complaint with its video, its clock and the decisions.

    ``shown`` is the chat and message of a video that no order of ours is known for.
    """
    admins = services.settings.access.admins
    if not admins:
        log.error("report %s waits, and access.admins names nobody to decide it", report.id)
    row = await services.outbox.get(report.job_id) if report.job_id else None
    left = services.reports.minutes_left(report)
    line = line_of(report, left, texts, LANGUAGE)
    keyboard = desk_keyboard(texts, LANGUAGE, report)
    for admin in admins:
        try:
            if row is not None and row.file_id is not None:
                await bot.send_video(admin, row.file_id, caption=line, reply_markup=keyboard)
                continue
            if shown is not None:
                await bot.copy_message(admin, *shown)
            await bot.send_message(admin, line, reply_markup=keyboard)
        except TelegramError as e:
            log.warning("report %s: an operator was not told: %s", report.id, type(e).__name__)


async def reports(update: Update, context: BotContext) -> None:
    """List what waits for a decision, with what its clock says."""
    service, message = context.services.reports, message_of(update)
    waiting = await service.undecided()
    if not waiting:
        await context.reply(message, context.t("report.none"))
    for report in waiting:
        line = line_of(report, service.minutes_left(report), context.texts, context.language)
        keyboard = desk_keyboard(context.texts, context.language, report)
        await context.reply(message, line, keyboard)


async def on_decide(tapped: Tapped, context: BotContext) -> None:
    """Do what was decided, tell everybody concerned, and show it on the alert."""
    services, texts = context.services, context.texts
    written, _, id = tapped.target.partition(".")
    report = await services.reports.find(id)
    if tapped.user_id not in services.settings.access.admins or report is None:
        toast = texts.plain(context.language, "tap.not_yours")
        await tapped.answer(toast, show_alert=True)
        return
    if written not in Decision.__members__.values():
        await taps.say_old(tapped, context)
        return
    decision = Decision(written)
    if report.decision not in (None, decision):
        settled = context.t("report.settled")
        await tapped.answer(settled)
        await tapped.settles(f"<b>{id}</b>: {settled}")
        return
    done = await _carry_out(decision, report, context)
    outcome = "; ".join(texts.plain(context.language, key) for key in done)
    if await services.reports.decide(id, decision, owner_of(tapped.user_id)):
        await _tell_reporter(report, decision, context)
    await tapped.answer(outcome)
    told = context.t("report.done", id=id, outcome=outcome)
    if tapped.message is not None and tapped.message.caption is not None:
        await tapped.query.edit_message_caption(told)
    else:
        await tapped.query.edit_message_text(told)


async def _carry_out(decision: Decision, report: Report, context: BotContext) -> list[str]:
    """Take down and ban as decided; give the keys of what came of it."""
    if decision is Decision.DISMISSED or report.job_id is None:
        return ["report.did_no"]
    services = context.services
    await services.blocks.block_photo_of(report.job_id, report.kind.value)
    try:
        job = await services.jobs.get(report.job_id)
    except errors.JobNotFound:
        return ["report.did_down_here"]
    is_banned = decision is Decision.TAKEN_DOWN_AND_BANNED
    if is_banned:
        await services.community.access.set_standing(job.owner, Standing.BANNED)
    for stopped in {job.id, *(await _open_jobs(job.owner, context) if is_banned else ())}:
        await services.jobs.cancel(stopped, by=job.owner)
    await services.store.delete_under(f"jobs/{job.id}")
    address = unpack_address(job.reply_to)
    deleted = await _delete_in_chat(job, address, context)
    text = context.texts.html(address.language, "report.taken_down", id=short_id(job.id))
    await _tell(address.bare(), text, context)
    taken_down = "report.did_down" if deleted else "report.did_down_here"
    return [taken_down, "report.did_ban"] if is_banned else [taken_down]


async def _open_jobs(owner: Owner, context: BotContext) -> list[JobId]:
    return [job.id for job in await context.services.jobs.of_owner(owner)]


async def _delete_in_chat(job: Job, address: Address, context: BotContext) -> bool:
    """Delete the video and whatever was sent of it again; False if one of them stays."""
    sent = await context.services.outbox.videos_of(job.id)
    all_gone = bool(sent)
    for message_id in sent:
        try:
            await context.bot.delete_message(address.chat_id, int(message_id))
        except TelegramError as e:
            log.info("%s: a video stays in the chat: %s", job.id, type(e).__name__)
            all_gone = False
    return all_gone


async def _tell_reporter(report: Report, decision: Decision, context: BotContext) -> None:
    address = unpack_address(report.reply_to)
    key = "report.answer_no" if decision is Decision.DISMISSED else "report.answer_down"
    text = context.texts.html(address.language, key, id=report.id)
    await _tell(address, text, context)


async def _tell(address: Address, text: str, context: BotContext) -> None:
    try:
        await context.say(address, text)
    except TelegramError as e:
        log.info("somebody could not be told: %s", type(e).__name__)
