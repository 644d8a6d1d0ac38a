"""Orders under way: /status, /cancel, /new, and the buttons under what is said about an order.

Only the owner of a job, or of a draft, may press its buttons (``bot/menus/taps.py``). How an
order is placed stands in ``bot/drafting/drafts.py``, how it speaks in ``bot/delivery``.
"""

from __future__ import annotations

from typing import Protocol

from telegram import ChatMember, Update
from telegram.constants import ChatType
from telegram.ext import ChatMemberHandler, CommandHandler, filters

from bot.access import check_quota
from bot.address import address_of, draft_key, owner_of
from bot.admin import record
from bot.cancelling import job_to_cancel
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.delivery.standing import status_sentence
from bot.drafting.drafts import Sender, current_draft, drop_draft, is_undecided
from bot.drafting.said import has_something_to_say
from bot.menus import taps
from bot.menus.keyboards import Action, jobs_keyboard, number_in
from bot.menus.taps import Tapped, is_drafters, owned_job, sender_of_tap
from bot.texts import short_id
from pipeline import errors
from pipeline.store.outbox import OutboxState
from pipeline.types import Job, JobId, JobState, Owner


class MakeAnew(Protocol):
    """Has an order made in another way, for its owner; False where that is not needed."""

    async def __call__(self, id: JobId, *, by: Owner) -> bool:
        """Raise ``ArtifactMissing`` when what it was made of is no longer kept."""
        ...


PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE


def register(app: BotApplication) -> None:
    """Add the commands and buttons of orders."""
    app.add_handler(CommandHandler("status", status, PRIVATE))
    app.add_handler(CommandHandler("cancel", cancel, PRIVATE))
    app.add_handler(CommandHandler("new", new, PRIVATE))
    app.add_handler(ChatMemberHandler(on_membership))
    taps.register(
        app,
        {
            Action.CANCEL_JOB: on_cancel_job,
            Action.CANCEL_DRAFT: on_cancel_draft,
            Action.SEND_AGAIN: on_send_again,
            Action.TRY_AGAIN: on_try_again,
            Action.QUICKLY: on_quickly,
        },
    )


async def status(update: Update, context: BotContext) -> None:
    """Say where each of the sender's orders is; without one, what the draft still needs."""
    message, user_id = message_of(update), sender_of(update).id
    jobs = await context.services.jobs.of_owner(owner_of(user_id))
    lines = [await where(job, context) for job in jobs]
    await context.reply(message, "\n".join(lines) or await _about_draft(update, context))


async def cancel(update: Update, context: BotContext) -> None:
    """Cancel the sender's only order; ask which of several; without one, drop the draft."""
    message, user_id = message_of(update), sender_of(update).id
    jobs = await context.services.jobs.of_owner(owner_of(user_id))
    if len(jobs) > 1:
        keyboard = jobs_keyboard(context.texts, context.language, (job.id for job in jobs))
        await context.reply(message, context.t("cancel.which", count=len(jobs)), keyboard)
    elif jobs:
        await context.reply(message, await _cancel_job(jobs[0], user_id, context))
    else:
        key = draft_key(address_of(message, context.language), user_id)
        dropped = await drop_draft(context.services, key)
        await context.reply(message, context.t("cancel.draft" if dropped else "cancel.nothing"))


async def new(update: Update, context: BotContext) -> None:
    """Start afresh: drop the draft. What is being made goes on."""
    message, user_id = message_of(update), sender_of(update).id
    await drop_draft(context.services, draft_key(address_of(message, context.language), user_id))
    lines = [context.t("new.done")]
    if await context.services.jobs.of_owner(owner_of(user_id)):
        lines.append(context.t("new.going_on"))
    await context.reply(message, "\n".join(lines))


async def on_cancel_job(tapped: Tapped, context: BotContext) -> None:
    """Cancel the job of the button; the order itself edits its message.

    An announcement that was said twice leaves a line that nobody knows of and nobody edits: when
    its order is over, a tap on its button lets it say so.
    """
    job = await job_to_cancel(tapped, context)
    if job is None:
        return
    if not job.state.is_final:
        me = owner_of(tapped.user_id)
        if job.owner != me and tapped.user_id in context.services.settings.access.admins:
            await record(me, context, "cancel", job=job.id)
        await tapped.answer(await _cancel_job(job, tapped.user_id, context))
        return
    key = "cancel.done" if job.state is JobState.CANCELLED else "cancel.over"
    sentence = context.texts.plain(context.language, key, id=short_id(job.id))
    await tapped.answer(sentence)
    if tapped.is_only_button:
        await tapped.settles(sentence)


async def on_send_again(tapped: Tapped, context: BotContext) -> None:
    """Send a video once more of which nobody knows whether it arrived."""
    id, _, attempt = tapped.target.partition(".")
    job = await owned_job(tapped, JobId(id), context)
    if job is not None:
        last = number_in(attempt) or 1  # buttons of older versions name none
        await tapped.answer(await _send_again(job.id, last, context))


async def on_try_again(tapped: Tapped, context: BotContext) -> None:
    """Make a video that failed once more, under the same id. Raises ``AccessError``."""
    await _make_anew(tapped, context, context.services.jobs.retry)


async def on_quickly(tapped: Tapped, context: BotContext) -> None:
    """Let the quick engine make a video whose own engine is away, or failed. Raises the same."""
    await _make_anew(tapped, context, context.services.jobs.make_quickly)


async def _make_anew(tapped: Tapped, context: BotContext, make: MakeAnew) -> None:
    services = context.services
    job = await owned_job(tapped, JobId(tapped.target), context)
    if job is None:
        return
    if job.state.is_final:
        await check_quota(services, sender_of_tap(tapped, context))
    if await services.consents.current(job.owner) is None:
        raise errors.ConsentMissing
    try:
        begun = await make(job.id, by=job.owner)
    except errors.ArtifactMissing:
        toast = context.texts.plain(context.language, "after.gone")
        await tapped.answer(toast, show_alert=True)
        return
    said = "after.making" if begun else "again.not_needed"
    await tapped.answer(context.texts.plain(context.language, said))
    if job.state.is_final:  # the failure is no news any more
        await tapped.loses_buttons()


async def on_cancel_draft(tapped: Tapped, context: BotContext) -> None:
    """Drop what was sent so far."""
    if not await is_drafters(tapped, tapped.target, context):
        return
    dropped = await drop_draft(context.services, tapped.target)
    text = "cancel.draft" if dropped else "cancel.nothing"
    await tapped.answer(context.texts.plain(context.language, text))
    lines = [context.t(text)]
    if await context.services.jobs.of_owner(owner_of(tapped.user_id)):
        # An old button, and a video that was ordered since.
        lines.append(context.t("new.going_on"))
    await tapped.settles("\n".join(lines))


async def on_membership(update: Update, context: BotContext) -> None:
    """Free the studio of the orders of somebody who has blocked the bot."""
    change = update.my_chat_member
    assert change is not None
    if change.chat.type != ChatType.PRIVATE or change.new_chat_member.status != ChatMember.BANNED:
        return
    owner = owner_of(change.from_user.id)
    for job in await context.services.jobs.of_owner(owner):
        await context.services.jobs.cancel(job.id, by=owner)


async def _cancel_job(job: Job, user_id: int, context: BotContext) -> str:
    """Cancel, and say in plain words what came of it; the order itself edits its message."""
    me = owner_of(user_id)
    cancelled = await context.services.jobs.cancel(job.id, by=me, entitled=job.owner != me)
    key = "cancel.done" if cancelled else "cancel.too_late"
    return context.texts.plain(context.language, key, id=short_id(job.id))


async def _send_again(job_id: JobId, last: int, context: BotContext) -> str:
    """Start one more delivery, if nobody knows what came of the attempt ``last``.

    Of two taps one wins; so does of a tap and its repetition after a kill, whatever became of its
    delivery meanwhile.
    """
    services = context.services
    attempt = await services.outbox.again(job_id, last)
    if attempt is None:
        # A crash between the row and the start of its delivery: start it now. The attempt's
        # number is its id, so a delivery that runs already is not started twice.
        row = await services.outbox.get(job_id)
        if row is not None and row.state is OutboxState.UNKNOWN:
            return context.texts.plain(context.language, "tap.old")  # it is offered anew
        if row is None or row.state is not OutboxState.READY or row.attempt != last + 1:
            return context.texts.plain(context.language, "again.not_needed")
        attempt = row.attempt
    await services.jobs.deliver_again(job_id, attempt)
    return context.texts.plain(context.language, "again.sending")


async def where(job: Job, context: BotContext) -> str:
    """Say where an order is, as HTML."""
    standing = await context.services.jobs.standing(job.id)
    return status_sentence(context.texts, context.language, job.id, standing)


async def _about_draft(update: Update, context: BotContext) -> str:
    address = address_of(message_of(update), context.language)
    sender = Sender(user_id=sender_of(update).id, update_id=update.update_id, address=address)
    draft, owner = await current_draft(context.services, sender), owner_of(sender.user_id)
    if draft.recording_asked:
        return context.t("recording.pending")
    if is_undecided(draft) and has_something_to_say(draft):
        return context.t("face.tap_first")
    if draft.recording is not None and draft.portrait is None:
        return context.t("status.got_recording")
    match draft.portrait is not None, has_something_to_say(draft):
        case True, True if await context.services.consents.current(owner) is None:
            return context.t("status.got_both")
        case True, True if draft.card_message is not None:
            return context.t("status.to_confirm")
        case True, True:  # an order was refused for now, by a full disk for example
            return context.t("status.refused")
        case True, False:
            return context.t("status.got_face")
        case False, True:
            return context.t("status.got_words")
        case _:
            return context.t("status.none")
