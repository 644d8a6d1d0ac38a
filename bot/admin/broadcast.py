"""``/broadcast``: a draft, a preview, a tap; then everybody is written to, restarts or not.

The draft and each person's copy are rows. A copy is claimed before it is sent: a crash in between
leaves one person unsure and writes to nobody twice. One message of the admin shows how far it is.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import CommandHandler

from bot.address import Address, address_of, owner_of, unpack_address, user_id_of
from bot.admin import admin_of, admins_only, answer
from bot.commanding import command_in
from bot.context import BotApplication, BotContext, message_of
from bot.menus import taps
from bot.menus.keyboards import Action, broadcast_keyboard, stop_keyboard
from bot.menus.taps import Tapped
from bot.patience import asked_pause_s
from pipeline.safety.audit import Event
from pipeline.store.broadcasts import Broadcast, BroadcastState, Sent
from pipeline.types import Owner

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

PAUSE_S = 0.05
"""20 a second: Telegram allows 30 in all, and answers to people come first."""
SHOWN_EVERY = 100
AT_ONCE = 500
"""How many one turn writes to; the rest has the next turn."""

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add the command and its buttons."""
    app.add_handler(CommandHandler("broadcast", draft, admins_only(app)))
    taps.register(
        app,
        {
            Action.BROADCAST: on_send,
            Action.STOP_BROADCAST: on_stop,
            Action.DROP_BROADCAST: on_drop,
        },
    )


async def draft(update: Update, context: BotContext) -> None:
    """Show what everybody would read, and ask."""
    message = message_of(update)
    text = words_html(message)
    if not text:
        await answer(update, context, context.t("broadcast.how"))
        return
    id, broadcasts = f"b{update.update_id}", context.services.community.broadcasts
    address = address_of(message, context.language)
    await broadcasts.draft(
        Broadcast(
            id=id,
            by=admin_of(update),
            text=text,
            state=BroadcastState.DRAFT,
            reply_to=address.pack(),
        )
    )
    await context.say(address, text)
    count = len(await context.services.community.people.reachable())
    keyboard = broadcast_keyboard(context.texts, context.language, id, count)
    asked = await context.say(address, context.t("broadcast.ask", count=count), keyboard)
    await broadcasts.set_message(id, str(asked.message_id))


async def on_send(tapped: Tapped, context: BotContext) -> None:
    """Start it; the duty does the rest. Of two taps one starts."""
    if not await _is_admin(tapped, context):
        return
    community = context.services.community
    people = await community.people.reachable()
    drafted = await community.broadcasts.get(tapped.target)
    if drafted is not None and drafted.state is BroadcastState.DRAFT:
        await _record(tapped, context, "broadcast", people=len(people))
    started = await community.broadcasts.start(tapped.target, people)
    await _toast(tapped, context, "broadcast.started" if started else "tap.old")
    if started:
        broadcast = await community.broadcasts.get(tapped.target)
        assert broadcast is not None
        await show(context.app, broadcast)


async def on_stop(tapped: Tapped, context: BotContext) -> None:
    """Write to nobody else."""
    if not await _is_admin(tapped, context):
        return
    broadcasts = context.services.community.broadcasts
    stopped = await broadcasts.end(tapped.target, BroadcastState.SENDING, BroadcastState.STOPPED)
    await _toast(tapped, context, "broadcast.stopped" if stopped else "tap.old")
    broadcast = await broadcasts.get(tapped.target)
    if stopped and broadcast is not None:
        await _record(tapped, context, "broadcast-stopped")
        await show(context.app, broadcast)


async def on_drop(tapped: Tapped, context: BotContext) -> None:
    """Throw the draft away."""
    if not await _is_admin(tapped, context):
        return
    broadcasts = context.services.community.broadcasts
    dropped = await broadcasts.end(tapped.target, BroadcastState.DRAFT, BroadcastState.STOPPED)
    await _toast(tapped, context, "broadcast.dropped" if dropped else "tap.old")
    if dropped:
        await tapped.query.edit_message_text(context.t("broadcast.dropped"))


async def send_on(app: BotApplication) -> None:
    """Be the duty: go on with what is under way, for one turn."""
    for broadcast in await app.services.community.broadcasts.sending():
        await _send_some(app, broadcast)


async def _send_some(app: BotApplication, broadcast: Broadcast) -> None:
    broadcasts = app.services.community.broadcasts
    for number in range(1, AT_ONCE + 1):
        who = await broadcasts.claim(broadcast.id)
        if who is None:
            await broadcasts.end(broadcast.id, BroadcastState.SENDING, BroadcastState.DONE)
            break
        if not await _send_one(app, broadcast, who):
            break
        if number % SHOWN_EVERY == 0:
            await show(app, broadcast)
        await asyncio.sleep(PAUSE_S)
    current = await broadcasts.get(broadcast.id)
    await show(app, current or broadcast)


async def _send_one(app: BotApplication, broadcast: Broadcast, who: Owner) -> bool:
    """Send one copy and record what came of it; False when Telegram wants a rest."""
    services = app.services
    chat_id = user_id_of(who)
    assert chat_id is not None
    try:
        await app.bot.send_message(chat_id, broadcast.text)
    except RetryAfter as e:
        await services.community.broadcasts.settle(broadcast.id, who, Sent.WAITING)
        log.warning("broadcast: Telegram asks for %.0f s", asked_pause_s(e))
        await asyncio.sleep(min(asked_pause_s(e), 60.0))
        return False
    except (Forbidden, BadRequest) as e:
        log.info("broadcast: one is not reachable: %s", type(e).__name__)
        await services.community.broadcasts.settle(broadcast.id, who, Sent.REFUSED)
        if isinstance(e, Forbidden):
            await services.community.people.gone(who)
        return True
    except TelegramError as e:
        log.warning("broadcast: one is unsure: %s", type(e).__name__)  # stays claimed
        return True
    await services.community.broadcasts.settle(broadcast.id, who, Sent.SENT)
    return True


async def show(app: BotApplication, broadcast: Broadcast) -> None:
    """Let the admin's message say how far it is. Cosmetic."""
    if broadcast.message_id is None:
        return
    address = unpack_address(broadcast.reply_to)
    counts = await app.services.community.broadcasts.counts(broadcast.id)
    text = app.texts.html(
        address.language,
        SENTENCES[broadcast.state],
        sent=str(counts[Sent.SENT]),
        total=str(counts.total()),
        refused=str(counts[Sent.REFUSED]),
        unsure=str(counts[Sent.CLAIMED]),
    )
    keyboard = None
    if broadcast.state is BroadcastState.SENDING:
        keyboard = stop_keyboard(app.texts, address.language, broadcast.id)
    await _edit(app, address, int(broadcast.message_id), text, keyboard)


SENTENCES = {
    BroadcastState.DRAFT: "broadcast.sending",
    BroadcastState.SENDING: "broadcast.sending",
    BroadcastState.DONE: "broadcast.done",
    BroadcastState.STOPPED: "broadcast.ended",
}


def words_html(message: Message) -> str:
    """Give the words behind the command, with the bold and the links they were written with."""
    command = command_in(message)
    if command is None or not command.words:
        return ""
    _command, *rest = message.text_html.split(maxsplit=1)  # a new line parts them too
    return rest[0].strip() if rest else command.words


async def _edit(
    app: BotApplication,
    address: Address,
    message_id: int,
    text: str,
    keyboard: InlineKeyboardMarkup | None,
) -> None:
    try:
        await app.bot.edit_message_text(
            text, chat_id=address.chat_id, message_id=message_id, reply_markup=keyboard
        )
    except TelegramError as e:
        log.debug("broadcast: not shown: %s", e)


async def _is_admin(tapped: Tapped, context: BotContext) -> bool:
    if tapped.user_id in context.services.settings.access.admins:
        return True
    await taps.refuse(tapped, context)
    return False


async def _toast(tapped: Tapped, context: BotContext, key: str) -> None:
    await tapped.answer(context.texts.plain(context.language, key))


async def _record(tapped: Tapped, context: BotContext, what: str, **facts: int) -> None:
    services: Services = context.services
    who = owner_of(tapped.user_id)
    await services.audit.record(Event.ADMIN, who=who, about=tapped.target, act=what, **facts)
