"""Every chat has a lane that works in order; lanes run side by side.

Whoever fetches updates puts them in and hears, for each, whether it was stored: only then may it
be confirmed to Telegram. An update that could not be stored must not be overtaken by what follows
it in its chat, so all that waits behind it counts as not stored either. A handler that has stored
everything says so (``BotContext.kept``): in a rush its answer may have to wait for seconds.

Not known here: how updates come (``bot/updates/intake.py`` asks for them,
``bot/updates/webhook.py`` is sent them), nor what they mean.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from enum import StrEnum

from telegram import Update

from bot.context import BotApplication
from bot.updates.signs import Signs, wants_sign

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What the handlers understand; Telegram remembers the list and sends nothing else."""
UPDATE_LIMIT_S = 180.0
"""Longest work on one update. Handlers check, write and answer; this is a net, not a budget."""
LANES_AT_ONCE = 16
"""So many are looked at together; those whose answers wait for Telegram's pace come on top."""

log = logging.getLogger(__name__)


class Fate(StrEnum):
    """What became of an update."""

    STORED = "stored"
    UNSTORED = "unstored"
    """It has to come again."""


class Lanes:
    """Hands updates to the handlers."""

    def __init__(self, app: BotApplication, stop: asyncio.Event) -> None:
        """After ``stop`` what was begun is finished, and nothing else is begun."""
        self._app = app
        self._stop = stop
        self._lanes: dict[int, deque[tuple[Update, asyncio.Future[Fate]]]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(LANES_AT_ONCE)
        self._signs = Signs(app.bot)

    def put(self, update: Update) -> asyncio.Future[Fate]:
        """Line an update up in its chat; the future tells its fate and never fails."""
        fate: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        lane = _lane_of(update)
        self._lanes.setdefault(lane, deque()).append((update, fate))
        if lane not in self._workers:
            self._workers[lane] = asyncio.create_task(self._work(lane))
        return fate

    async def close(self) -> None:
        """Wait until what was begun is done."""
        self._stop.set()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def _work(self, lane: int) -> None:
        """Take the lane's updates in order, until none is left or one cannot be stored."""
        waiting = self._lanes[lane]
        sign = self._sign(waiting[0][0])
        try:
            while waiting and not self._stop.is_set():
                if await self._take(*waiting[0]) is Fate.UNSTORED:
                    break
                _tell(waiting.popleft()[1], Fate.STORED)
        finally:
            if sign is not None:
                sign.cancel()
            # What is left must not be overtaken: all of it comes again, in order.
            del self._lanes[lane], self._workers[lane]
            for _, fate in waiting:
                _tell(fate, Fate.UNSTORED)

    async def _take(self, update: Update, fate: asyncio.Future[Fate]) -> Fate:
        """Work on one update. Once it is kept, it is confirmed and makes room for others."""
        kept = self._app.keeping[update.update_id] = asyncio.Event()
        keeping = asyncio.create_task(kept.wait())
        working: asyncio.Task[Fate] | None = None
        try:
            async with self._room:
                working = asyncio.create_task(self._process(update))
                await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if kept.is_set():
                _tell(fate, Fate.STORED)
                await working
                return Fate.STORED
            return await working
        finally:
            del self._app.keeping[update.update_id]
            keeping.cancel()
            if working is not None:
                working.cancel()

    def _sign(self, update: Update) -> asyncio.Task[None] | None:
        """Let whoever waits see that they were heard, also while all others are served."""
        if not wants_sign(update) or update.effective_chat is None:
            return None
        is_crowded = self._room.locked()
        return asyncio.create_task(self._signs.show(update.effective_chat.id, at_once=is_crowded))

    async def _process(self, update: Update) -> Fate:
        try:
            async with asyncio.timeout(UPDATE_LIMIT_S):
                await self._app.process_update(update)
        except TimeoutError:
            log.error("update %d took more than %.0f s", update.update_id, UPDATE_LIMIT_S)  # noqa: TRY400
        except Exception:
            log.exception("update %d could not be processed", update.update_id)
        if update.update_id in self._app.unstored:
            self._app.unstored.discard(update.update_id)
            return Fate.UNSTORED
        return Fate.STORED


def _tell(fate: asyncio.Future[Fate], what: Fate) -> None:
    if not fate.done():  # whoever asked may have been cancelled
        fate.set_result(what)


def _lane_of(update: Update) -> int:
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else 0
