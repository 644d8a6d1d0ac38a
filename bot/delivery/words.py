"""What the bot says about an order beside its video: a new message, or the status message changed.

Who blocked the bot, or whose chat is gone, hears nothing; that is no error here unless the caller
must know (``say``).
"""

from __future__ import annotations

import logging

from telegram import Bot, InlineKeyboardMarkup, Message
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.address import Address
from bot.delivery.outbox import Outcome, delayed, judge
from bot.delivery.status import edit_status
from pipeline import errors
from pipeline.types import JobId

log = logging.getLogger(__name__)


class Words:
    """Says how an order is."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def say_in_status(
        self,
        job_id: JobId,
        address: Address,
        status: str | None,
        text: str,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """Edit the status message, which may be repeated; send a new one if there is none."""
        if status is None:
            await self.tell(job_id, address, text, keyboard, silent=silent)
            return
        try:
            await edit_status(self._bot, address.chat_id, int(status), text, keyboard)
        except BadRequest as e:
            log.info("status %s cannot be edited: %s", status, e)
            await self.tell(job_id, address, text, keyboard, silent=silent)
        except ChatMigrated as e:  # the status message stayed behind
            moved = address.moved_to(e.new_chat_id)
            await self.tell(job_id, moved, text, keyboard, silent=silent)
        except Forbidden as e:
            log.info("status %s: %s", status, type(e).__name__)
        except TelegramError as e:
            raise delayed(e) from e

    async def tell(
        self,
        job_id: JobId,
        address: Address,
        text: str,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """Say how an order ended; if nobody can hear it any more, so be it."""
        try:
            await self.say(address, text, keyboard, silent=silent)
        except errors.OwnerUnreachable:
            log.info("%s: nobody to tell", job_id, exc_info=True)

    async def send(
        self,
        address: Address,
        text: str,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        silent: bool = False,
    ) -> Message:
        """Send a message, once. Raises ``TelegramError``."""
        return await self._bot.send_message(
            address.chat_id,
            text,
            message_thread_id=address.thread_id,
            reply_parameters=address.reply_parameters,
            reply_markup=keyboard,
            disable_notification=silent,
        )

    async def say(
        self,
        address: Address,
        text: str,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        silent: bool = False,
    ) -> Message:
        """Send a message, without topic and reply where these are gone.

        Raises ``OwnerUnreachable``, ``DeliveryDelayed``.
        """
        try:
            return await self.send(address, text, keyboard, silent=silent)
        except TelegramError as e:
            match judge(e):
                case Outcome.MENDABLE if address != address.bare():
                    return await self.say(address.bare(), text, keyboard, silent=silent)
                case Outcome.BLOCKED | Outcome.REFUSED | Outcome.MENDABLE:
                    raise errors.OwnerUnreachable(type(e).__name__) from e
                case Outcome.MOVED if isinstance(e, ChatMigrated):
                    moved = address.moved_to(e.new_chat_id)
                    return await self.say(moved, text, keyboard, silent=silent)
                case Outcome.MOVED | Outcome.NOT_SENT | Outcome.UNKNOWN:
                    raise delayed(e) from e

    async def remove(self, address: Address, status: str | None) -> None:
        """Delete the status message; one that is gone is fine. Raises ``DeliveryDelayed``."""
        if status is None:
            return
        try:
            await self._bot.delete_message(address.chat_id, int(status))
        except (BadRequest, Forbidden, ChatMigrated) as e:  # already deleted counts as done
            log.debug("status %s not deleted: %s", status, e)
        except TelegramError as e:
            raise delayed(e) from e
