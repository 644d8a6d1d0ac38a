"""Small signs on the user's own message: seen, done, failed.

Decoration: whatever goes wrong here is noted at DEBUG and never fails an order. ⏳ ✅ and ❌ are
not among the reactions that Telegram allows.
"""

from __future__ import annotations

import logging
from enum import StrEnum

from telegram import Bot, ReactionTypeEmoji
from telegram.error import TelegramError

from bot.address import Address

log = logging.getLogger(__name__)


class Sign(StrEnum):
    """What the bot says by reacting."""

    SEEN = "👀"
    DONE = "🎉"
    FAILED = "😢"


async def react(bot: Bot, address: Address, sign: Sign) -> None:
    """Put the sign on the request, if Telegram lets us."""
    if address.message_id is None:
        return
    try:
        await bot.set_message_reaction(
            address.chat_id, address.message_id, [ReactionTypeEmoji(sign.value)]
        )
    except TelegramError as e:
        log.debug("no reaction on %s: %s", address.message_id, type(e).__name__)
