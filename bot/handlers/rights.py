"""/mydata and /forget: a copy of everything about a person, and the end of it.

Both are for private chats: nothing about a person goes into a group. Forgetting asks once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from telegram import Update
from telegram.ext import CommandHandler, filters

from bot.address import address_of, owner_of
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.menus import taps
from bot.menus.keyboards import Action, column
from bot.menus.taps import Tapped
from pipeline.scratch import scratch_folder
from pipeline.types import JobId, Owner

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add the commands and the button that deletes."""
    app.add_handler(CommandHandler(["mydata", "export"], my_data, PRIVATE))
    app.add_handler(CommandHandler("forget", forget, PRIVATE))
    taps.register(app, {Action.FORGET: on_forget})


async def my_data(update: Update, context: BotContext) -> None:
    """Send everything about the sender as one file. Raises ``AskedTooOften``."""
    context.count_costly(sender_of(update).id)
    message, owner = message_of(update), owner_of(sender_of(update).id)
    settings = context.services.settings
    async with scratch_folder(settings.scratch_dir, f"export-{update.update_id}") as folder:
        archive = folder / "bolti-data.zip"
        left_out = await context.services.rights.export(owner, archive)
        sent = await asyncio.to_thread(archive.read_bytes)
    caption = context.t("mydata.here")
    if left_out:
        caption = " ".join((caption, context.t("mydata.left_out", count=len(left_out))))
    address = address_of(message, context.language)
    await context.bot.send_document(
        address.chat_id,
        sent,
        filename=archive.name,
        caption=caption,
        message_thread_id=address.thread_id,
        reply_parameters=address.reply_parameters,
    )


async def forget(update: Update, context: BotContext) -> None:
    """Say what will go and what stays, and ask."""
    label = context.texts.plain(context.language, "button.forget")
    keyboard = column([(label, Action.FORGET, str(sender_of(update).id))])
    await context.reply(message_of(update), context.t("forget.sure"), keyboard)


async def on_forget(tapped: Tapped, context: BotContext) -> None:
    """Stop the person's orders, delete everything, and say what was deleted."""
    if tapped.target != str(tapped.user_id):
        toast = context.texts.plain(context.language, "tap.not_yours")
        await tapped.answer(toast, show_alert=True)
        return
    owner = owner_of(tapped.user_id)
    unstoppable = await _stop_orders(owner, context)
    gone = await context.services.rights.forget(owner, unstoppable)
    log.info("update %d: %d rows and %d files forgotten", tapped.update_id, gone.rows, gone.files)
    told = [context.t("forget.done", rows=gone.rows, files=gone.files)]
    if gone.unfinished:
        told.append(context.t("forget.unfinished"))
    await tapped.answer(context.texts.plain(context.language, "forget.toast"))
    said = "\n\n".join(told)
    await tapped.query.edit_message_text(said)


async def _stop_orders(owner: Owner, context: BotContext) -> Sequence[JobId]:
    """Cancel what is not made yet; give those whose video is being sent already."""
    jobs = context.services.jobs
    return [
        job.id for job in await jobs.of_owner(owner) if not await jobs.cancel(job.id, by=owner)
    ]
