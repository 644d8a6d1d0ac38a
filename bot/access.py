"""The one gate: who may use the bot, and how many videos they may order.

It stands before every handler (group -1). Whoever has no access reads one kind sentence, and no
handler hears of it; what everybody is owed (``/privacy``, ``/forget``, ``/report`` and the like)
passes. Buttons pass too, since somebody without access may be asked for a permission: whatever
orders a video asks again, by ``charge``. Rows stand in ``pipeline/store``.

Where the next one goes: a command that everybody is owed is a word in ``OWED``.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, TypeHandler

from bot.address import Address, asker_id, owner_of
from bot.commanding import command_in
from bot.context import BotApplication, BotContext
from pipeline import errors, metrics
from pipeline.store.access import Standing
from pipeline.store.quotas import NO_LIMIT, Limits

if TYPE_CHECKING:
    from bot.drafting.drafts import Sender
    from pipeline.bootstrap import Services
    from pipeline.types import Owner

GATE = -1
OWED = frozenset(
    {
        "privacy",
        "terms",
        "forget",
        "export",
        "report",
        "verify",
        "protect",
        "unprotect",
        "optout",
        "mydata",
    }
)
"""Commands about one's own rights: no ban and no list takes them away."""
INVITED_BY = "i_"
"""How the payload of an invitation's deep link begins."""

SEEN_AGAIN = timedelta(hours=1)
"""How exactly it is known when somebody wrote last."""

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Put the gate before all handlers."""
    app.add_handler(TypeHandler(Update, on_update), group=GATE)


async def on_update(update: Update, context: BotContext) -> None:
    """Let the update pass, or answer it here."""
    message = update.message
    if message is None or message.chat.type == ChatType.CHANNEL:
        return
    try:
        await _admit(message, context)
    except errors.StoreUnavailable as e:
        context.app.unsettled.add(update.update_id)
        raise ApplicationHandlerStop from e
    except errors.AccessError as e:
        log.info("update %d: %s", update.update_id, e.code)
        metrics.REFUSALS.labels(code=e.code).inc()
        if message.chat.type == ChatType.PRIVATE or command_in(message) is not None:
            sentence = context.texts.error(context.language, e.code, e.values())
            await context.reply(message, sentence, silent=message.chat.type != ChatType.PRIVATE)
        raise ApplicationHandlerStop from e


async def check_access(services: Services, person_id: int, chat_id: int) -> None:
    """Raise ``Banned`` or ``NotInvited`` unless this person may use the bot in this chat.

    A group that was let in lets its members in; a person who was let in may use it anywhere.
    """
    settings = services.settings.access
    trusted = {*settings.admins, *settings.allowed}
    if person_id in settings.admins:
        return
    who, where = owner_of(person_id), owner_of(chat_id)
    found = await services.community.access.entries(who, where)
    standings = {found[who].standing, found[where].standing}
    if Standing.BANNED in standings:
        raise errors.Banned
    is_let_in = Standing.ALLOWED in standings or bool({person_id, chat_id} & trusted)
    if settings.mode != "open" and not is_let_in:
        raise errors.NotInvited


async def charge(services: Services, sender: Sender) -> None:
    """Count one order of this sender, if they have access and their limits allow it.

    The same update again is the same order. Raises ``AccessError``.
    """
    await check_access(services, sender.user_id, sender.address.chat_id)
    await services.community.quotas.take(
        sender.order_id,
        owner=owner_of(sender.user_id),
        place=_place(sender.address),
        limits=await _limits(services, sender),
        day_began_at=day_began_at(services),
        now=datetime.now(UTC),
    )


async def check_quota(services: Services, sender: Sender) -> None:
    """Raise what ``charge`` would raise, before anybody is put to any trouble."""
    await check_access(services, sender.user_id, sender.address.chat_id)
    await services.community.quotas.check(
        owner=owner_of(sender.user_id),
        place=_place(sender.address),
        limits=await _limits(services, sender),
        day_began_at=day_began_at(services),
        now=datetime.now(UTC),
    )


async def videos_a_day(services: Services, person_id: int) -> int:
    """Say how many videos somebody may order a day; ``NO_LIMIT`` where there is none."""
    found = await services.community.access.entry(owner_of(person_id))
    return _per_day(services, person_id, found.jobs_per_day)


def day_began_at(services: Services) -> datetime:
    """Give the last midnight where the operators' day begins."""
    zone = ZoneInfo(services.settings.access.time_zone)
    return datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)


async def _admit(message: Message, context: BotContext) -> None:
    """Raise ``AccessError`` for whoever has no access; an invitation is taken here."""
    command, person_id = command_in(message), asker_id(message)
    if command is not None and command.name in OWED:
        return
    if command is not None and command.name == "start" and command.words.startswith(INVITED_BY):
        await _redeem(command.words.removeprefix(INVITED_BY), person_id, context)
        return
    await check_access(context.services, person_id, message.chat_id)
    if message.chat.type == ChatType.PRIVATE:
        await _note_person(person_id, context)


async def _note_person(person_id: int, context: BotContext) -> None:
    people, who, now = context.services.community.people, owner_of(person_id), datetime.now(UTC)
    seen_at = await people.seen_at(who)
    if seen_at is None or seen_at < now - SEEN_AGAIN:
        await people.saw(who, context.language, now)


async def _redeem(token: str, person_id: int, context: BotContext) -> None:
    services, who = context.services, owner_of(person_id)
    if (await services.community.access.entry(who)).standing is Standing.BANNED:
        raise errors.Banned
    if await services.community.access.redeem(token, who, datetime.now(UTC)):
        log.info("somebody came by an invitation")
    elif services.settings.access.mode != "open":
        raise errors.InvitationUsedUp


def _place(address: Address) -> Owner | None:
    return None if address.is_private else owner_of(address.chat_id)


async def _limits(services: Services, sender: Sender) -> Limits:
    settings = services.settings.access
    who, where = owner_of(sender.user_id), owner_of(sender.address.chat_id)
    found = await services.community.access.entries(who, where)
    own, group = found[who].jobs_per_day, found[where].jobs_per_day
    rules = await services.community.groups.rules(where)
    return Limits(
        per_day=_per_day(services, sender.user_id, own),
        place_per_day=_stricter(
            settings.group_jobs_per_day if group is None else group, rules.jobs_per_day
        ),
        place_per_owner_and_day=rules.jobs_per_member,
        place_open=settings.group_open_jobs,
    )


def _per_day(services: Services, person_id: int, own: int | None) -> int:
    settings = services.settings.access
    if person_id in settings.admins:
        return NO_LIMIT
    return settings.jobs_per_day if own is None else own


def _stricter(*limits: int) -> int:
    return min((limit for limit in limits if limit != NO_LIMIT), default=NO_LIMIT)
