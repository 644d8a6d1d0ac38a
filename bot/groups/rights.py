"""What the bot itself may do in a group: write, and send videos. Asks Telegram.

A yes holds for some minutes, and until Telegram says that the bot's standing has changed
(``my_chat_member``); a no is asked again every time, so that a group that has mended it is heard
at once. Where Telegram does not say, the bot tries.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict

from telegram import Bot, ChatMember, ChatMemberRestricted, ChatPermissions
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.address import Address
from bot.context import BotContext
from bot.groups.members import ADMINS
from pipeline import errors

YES_FOR_S = 300.0
"""The permissions of a whole group change without a word to the bot."""
GROUPS_KEPT = 10_000
OUT = (ChatMember.LEFT, ChatMember.BANNED)
RULES = (ChatPermissions, ChatMemberRestricted)
"""What is allowed to everybody, and what to the bot; it may do what both allow."""

log = logging.getLogger(__name__)


class GroupRights:
    """What was found out about each group."""

    def __init__(self) -> None:
        self._yes_until: OrderedDict[int, float] = OrderedDict()

    async def check(self, bot: Bot, chat_id: int) -> None:
        """Raise ``GroupMute`` or ``GroupTakesNoVideos`` where a video could not be sent."""
        now = asyncio.get_running_loop().time()
        if self._yes_until.get(chat_id, now) > now:
            return
        try:
            await _look(bot, chat_id)
        except TelegramError as e:
            log.info("no word about the rights in %d: %s", chat_id, type(e).__name__)
            return
        self._yes_until[chat_id] = now + YES_FOR_S
        self._yes_until.move_to_end(chat_id)
        if len(self._yes_until) > GROUPS_KEPT:
            self._yes_until.popitem(last=False)

    def forget(self, chat_id: int) -> None:
        """Ask again next time."""
        self._yes_until.pop(chat_id, None)


async def say_or_whisper(
    context: BotContext, address: Address, person_id: int, sentence: str
) -> None:
    """Say it in the group; where the bot may not write, to the person in private.

    Raises ``TelegramError`` when it can be said nowhere.
    """
    try:
        await context.say(address, sentence)
    except (BadRequest, Forbidden):
        if address.is_private or person_id < 0:  # whoever writes as a group has no private chat
            raise
        await context.say(Address(chat_id=person_id, language=address.language), sentence)


async def _look(bot: Bot, chat_id: int) -> None:
    me = await bot.get_chat_member(chat_id, bot.id)
    if me.status in ADMINS:
        return
    if me.status in OUT:
        raise errors.GroupMute
    everybody = (await bot.get_chat(chat_id)).permissions
    rules = [rule for rule in (everybody, me) if isinstance(rule, RULES)]
    if any(rule.can_send_messages is False for rule in rules):
        raise errors.GroupMute
    if any(rule.can_send_videos is False for rule in rules):
        raise errors.GroupTakesNoVideos
