"""Who somebody is in a group. Asks Telegram; keeps nothing.

Anonymous admins write in the name of their group, others in that of a channel; their taps carry
their own id all the same.
"""

from __future__ import annotations

import logging

from telegram import Bot, ChatMember
from telegram.error import TelegramError
from telegram.ext import filters

from bot.address import owner_of, user_id_of
from pipeline.types import Owner

GROUP = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE
ADMINS = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)

log = logging.getLogger(__name__)


async def is_group_admin(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Tell whether somebody is an admin of a group; no, if Telegram does not say."""
    if user_id == chat_id:
        return True  # an anonymous admin
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except TelegramError as e:
        log.info("no word about a member of %d: %s", chat_id, type(e).__name__)
        return False
    return member.status in ADMINS


async def speaks_for(bot: Bot, chat_id: int, user_id: int, owner: Owner) -> bool:
    """Tell whether a tap is the owner's: their own, or an admin's for whoever has no face."""
    if owner_of(user_id) == owner:
        return True
    owner_id = user_id_of(owner)
    is_faceless = owner_id is not None and owner_id < 0
    return is_faceless and await is_group_admin(bot, chat_id, user_id)
