"""The first sign that somebody was heard: "typing…" in a private chat, until the answer is there.

Telegram lets a bot send some thirty messages a second, so an answer may have to wait, and a video
takes seconds to look at; a chat action is no message and waits for nothing. Whoever is answered at
once sees none. Decoration: it may fail, and a 429 silences it for everybody until it is over.

While somebody's first sign has not set out, others' work is held back a moment: a sign costs a
millisecond, what comes after it a hundred.

In groups there is none: there, the reaction to a command is the first sign. Nor where nothing
would be answered: a message that only tells of a change in the chat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import RetryAfter, TelegramError
from telegram.ext import filters

from bot.patience import asked_pause_s, set_within

AT_ONCE_S = 0.2
"""Whoever is answered within it needs no sign."""
TOGETHER = 12
"""Signs under way at a time: they share the connections with the answers, and the event loop is
busy with all that set out together."""
LET_PASS_S = 1.0
"""No work waits longer for the signs of others."""
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
        self._due = 0
        self._none_due = asyncio.Event()
        self._none_due.set()

    async def show(self, chat_id: int, *, at_once: bool = False) -> None:
        """Show it until cancelled; ``at_once`` where others are already waiting."""
        if not at_once:
            await asyncio.sleep(self._at_once_s)
        async with self._first_of_all():
            await self._type(chat_id)
        while True:
            await asyncio.sleep(self._again_s)
            async with self._room:
                await self._type(chat_id)

    async def let_pass(self) -> None:
        """Wait until everybody's first sign has set out, but not for long."""
        await set_within(self._none_due, LET_PASS_S)

    @asynccontextmanager
    async def _first_of_all(self) -> AsyncIterator[None]:
        """Wait for room; until it is there, ``let_pass`` waits too."""
        self._due += 1
        self._none_due.clear()
        try:
            await self._room.acquire()
        finally:
            self._due -= 1
            if self._due == 0:
                self._none_due.set()
        try:
            yield
        finally:
            self._room.release()

    async def _type(self, chat_id: int) -> None:
        if asyncio.get_running_loop().time() < self._silent_until:
            return
        try:
            await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
        except RetryAfter as e:
            self._silent_until = asyncio.get_running_loop().time() + asked_pause_s(e)
        except TelegramError as e:
            log.debug("no sign: %s", type(e).__name__)


def wants_sign(update: Update) -> bool:
    """Tell whether somebody waits for an answer to this; taps are answered where they are."""
    message = update.message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return False
    return not filters.StatusUpdate.ALL.check_update(update)
