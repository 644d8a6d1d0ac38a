"""The first sign that somebody was heard: "typing…" in a private chat, until the answer is there.

Telegram lets a bot send some thirty messages a second, so an answer may have to wait, and a video
takes seconds to look at; a chat action is no message and waits for nothing. Whoever is answered at
once sees none. Decoration: it may fail, and a 429 silences it for everybody until it is over.

In groups there is none: there, the reaction to a command is the first sign.
"""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import RetryAfter, TelegramError

from bot.patience import asked_pause_s

AT_ONCE_S = 0.2
"""Whoever is answered within it needs no sign."""
TOGETHER = 8
"""Signs under way at a time: they share the connections with the answers."""
AGAIN_S = 4.5
"""Telegram lets a chat action fade after 5 s."""

log = logging.getLogger(__name__)


class Signs:
    """Shows that somebody types."""

    def __init__(
        self, bot: Bot, *, at_once_s: float = AT_ONCE_S, again_s: float = AGAIN_S
    ) -> None:
        self._bot = bot
        self._at_once_s = at_once_s
        self._again_s = again_s
        self._silent_until = float("-inf")
        self._room = asyncio.Semaphore(TOGETHER)

    async def show(self, chat_id: int, *, at_once: bool = False) -> None:
        """Show it until cancelled; ``at_once`` where others are already waiting."""
        now = asyncio.get_running_loop().time
        if not at_once:
            await asyncio.sleep(self._at_once_s)
        while True:
            async with self._room:
                if now() >= self._silent_until:
                    await self._type(chat_id)
            await asyncio.sleep(self._again_s)

    async def _type(self, chat_id: int) -> None:
        try:
            await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
        except RetryAfter as e:
            self._silent_until = asyncio.get_running_loop().time() + asked_pause_s(e)
        except TelegramError as e:
            log.debug("no sign: %s", type(e).__name__)


def wants_sign(update: Update) -> bool:
    """Tell whether somebody waits for an answer to this; taps are answered where they are."""
    message = update.message
    return message is not None and message.chat.type == ChatType.PRIVATE
