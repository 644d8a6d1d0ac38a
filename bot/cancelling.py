"""Who may stop a video: who ordered it, the admins of its group, the operators."""

from __future__ import annotations

from bot.address import owner_of, unpack_address
from bot.context import BotContext
from bot.groups.members import is_group_admin
from bot.menus import taps
from bot.menus.taps import Tapped
from pipeline import errors
from pipeline.types import Job, JobId


async def job_to_cancel(tapped: Tapped, context: BotContext) -> Job | None:
    """Give the job of a Cancel button if the tapper may stop it; else the tap is answered here."""
    try:
        job = await context.services.jobs.get(JobId(tapped.target))
    except errors.JobNotFound:
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return None
    if await _may_cancel(tapped.user_id, job, context):
        return job
    await taps.refuse(tapped, context)
    return None


async def _may_cancel(user_id: int, job: Job, context: BotContext) -> bool:
    if job.owner == owner_of(user_id) or user_id in context.services.settings.access.admins:
        return True
    address = unpack_address(job.reply_to)
    return not address.is_private and await is_group_admin(context.bot, address.chat_id, user_id)
