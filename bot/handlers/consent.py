"""The tap on "I agree", which starts the order that waited, and /terms.

The consent is recorded first; then the order goes on under the tap's own id. A second tap finds
nothing waiting and starts nothing; after a crash between the two the tap comes again and ends what
it began. The card stands in ``bot/drafting/agreement.py``.
"""

from __future__ import annotations

from telegram import Update
from telegram.ext import CommandHandler, filters

from bot.address import owner_of
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.drafting.agreement import consent_card, wording_html
from bot.drafting.drafts import Sender, current_draft, is_ordered, is_undecided
from bot.drafting.ordering import answers, go_on
from bot.drafting.said import request_of, said_in
from bot.handlers.afterwards import make_wanted
from bot.menus import taps
from bot.menus.keyboards import Action, terms_keyboard
from bot.menus.taps import Tapped, is_drafters
from pipeline import errors
from pipeline.store.drafts import Draft

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE


def register(app: BotApplication) -> None:
    """Add /terms, and the buttons of the card and of /terms."""
    app.add_handler(CommandHandler("terms", terms, PRIVATE))
    taps.register(app, {Action.AGREE: on_agree, Action.WITHDRAW: on_withdraw})


async def on_agree(tapped: Tapped, context: BotContext) -> None:
    """Record the consent, and start the order that waited for it."""
    version, _, key = tapped.target.partition(".")
    services, owner = context.services, owner_of(tapped.user_id)
    if not await is_drafters(tapped, key, context):
        return
    knew = await services.consents.current(owner) is not None
    try:
        await services.consents.agree(owner, version)
    except errors.WordingChanged:
        text, keyboard = consent_card(key, context)
        await tapped.answer(context.texts.plain(context.language, "consent.changed"))
        await tapped.query.edit_message_text(text, reply_markup=keyboard)
        return
    sender = _sender(tapped, context)
    is_made = await _make_wanted(sender, context)
    draft = await current_draft(services, sender)
    if _waits(draft):
        is_placed = await go_on(answers(sender, request_of(draft)), draft, context)
        said = "consent.thanks" if is_placed else "consent.agreed"
    elif is_made or await is_ordered(services, sender):
        said = "consent.thanks"
    else:
        said = "consent.known" if knew else "consent.waited_too_long"
    await tapped.answer(context.texts.plain(context.language, said))
    if said != "consent.known":
        await tapped.query.edit_message_text(context.t("consent.agreed"))


async def _make_wanted(sender: Sender, context: BotContext) -> bool:
    """Make what a button under an earlier video asked for, if that waited."""
    draft = await current_draft(context.services, sender)
    consent = await context.services.consents.current(owner_of(sender.user_id))
    if draft.wanted is None or consent is None:
        return False
    return await make_wanted(answers(sender, draft.wanted_message), draft, consent, context)


async def terms(update: Update, context: BotContext) -> None:
    """Show the wording, and since when the sender agrees to it."""
    since = await context.services.consents.agreed_at(owner_of(sender_of(update).id))
    if since is None:
        told, keyboard = context.t("terms.not_agreed"), None
    else:
        told = context.t("terms.agreed", date=since.strftime("%d.%m.%Y"))
        keyboard = terms_keyboard(context.texts, context.language, sender_of(update).id)
    shown = "\n\n".join((wording_html(context), told))
    await context.reply(message_of(update), shown, keyboard)


async def on_withdraw(tapped: Tapped, context: BotContext) -> None:
    """Take the consent back; the next video asks again."""
    if tapped.target != str(tapped.user_id):
        toast = context.texts.plain(context.language, "tap.not_yours")
        await tapped.answer(toast, show_alert=True)
        return
    await context.services.consents.withdraw(owner_of(tapped.user_id))
    await tapped.answer(context.texts.plain(context.language, "terms.withdrawn"))
    await tapped.query.edit_message_text(context.t("terms.withdrawn"))


def _waits(draft: Draft) -> bool:
    """Tell whether the agreement was all that the draft lacked."""
    return draft.portrait is not None and said_in(draft) is not None and not is_undecided(draft)


def _sender(tapped: Tapped, context: BotContext) -> Sender:
    address = tapped.address(context.language)
    return Sender(user_id=tapped.user_id, update_id=tapped.update_id, address=address)
