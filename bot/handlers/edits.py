"""A message that is changed after it was sent: the words follow, as long as they can.

In the draft they are replaced. A video that still waits in line is made anew with them; one that
is being made already is stopped only by a tap. Once a video is there, an edit changes nothing.
"""

from __future__ import annotations

from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.address import address_of, owner_of, unpack_address
from bot.context import BotApplication, BotContext, sender_of
from bot.drafting.drafts import (
    Sender,
    current_draft,
    is_ordered,
    keep_words,
    take_face_of,
)
from bot.drafting.ordering import answers, go_on
from bot.menus import taps
from bot.menus.keyboards import Action, redo_keyboard
from bot.menus.taps import Tapped, owned_job, sender_of_tap
from pipeline.store.drafts import Draft
from pipeline.types import Job, JobId, JobState

EDITED = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE
WORDS = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND


def register(app: BotApplication) -> None:
    """Add the handler of edits and its button."""
    app.add_handler(MessageHandler(EDITED & WORDS, on_edit))
    taps.register(app, {Action.REDO: on_redo})


async def on_edit(update: Update, context: BotContext) -> None:
    """Let the new words take the place of the old ones. Raises ``ScriptError``."""
    message = update.edited_message
    assert message is not None
    address = address_of(message, context.language)
    sender = Sender(user_id=sender_of(update).id, update_id=update.update_id, address=address)
    words = message.text or message.caption or ""
    if await is_ordered(context.services, sender):
        return
    draft = await current_draft(context.services, sender)
    if draft.script_message == str(message.message_id):
        context.services.check_script(words)
        draft = await keep_words(context.services, sender, words)
        await context.say(address, context.t("words.edited"), silent=True)
        await go_on(sender, draft, context, silent=True)
        return
    job = await _job_of(sender, context)
    if job is None:
        return
    context.services.check_script(words)
    draft = await _prepare_anew(sender, job, words, context)
    if job.state is JobState.QUEUED:
        await context.say(address, context.t("words.edited"), silent=True)
        await _make_anew(sender, job, draft, context)
    else:
        keyboard = redo_keyboard(context.texts, context.language, job.id)
        await context.say(address, context.t("words.too_late"), keyboard)


async def on_redo(tapped: Tapped, context: BotContext) -> None:
    """Stop the video that is being made, and make it with the new words."""
    job = await owned_job(tapped, JobId(tapped.target), context)
    if job is None:
        return
    sender = sender_of_tap(tapped, context)
    if await is_ordered(context.services, sender):
        return
    draft = await current_draft(context.services, sender)
    if draft.portrait is None or draft.script is None:
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return
    await tapped.answer()
    await _make_anew(answers(sender, draft.script_message), job, draft, context)
    await tapped.settles(context.t("words.edited"))


async def _job_of(sender: Sender, context: BotContext) -> Job | None:
    """Find the unfinished video that answers this message, or has its words."""
    edited = sender.address
    for job in await context.services.jobs.of_owner(owner_of(sender.user_id)):
        address = unpack_address(job.reply_to)
        if address.chat_id == edited.chat_id and edited.message_id in (
            address.message_id,
            address.words_id,
        ):
            return job
    return None


async def _prepare_anew(sender: Sender, job: Job, words: str, context: BotContext) -> Draft:
    """Put the face of a job and the new words into the draft."""
    services = context.services
    await take_face_of(services, sender, await services.jobs.request(job.id))
    return await keep_words(services, sender, words)


async def _make_anew(sender: Sender, job: Job, draft: Draft, context: BotContext) -> None:
    """Stop a job and order the draft in its place; one that has been sent stays."""
    await context.services.jobs.cancel(job.id, by=job.owner)
    await go_on(sender, draft, context, agreed=True)
