"""Every chat has a lane that works in order; lanes run side by side.

An update that could not be stored, or whose answer nobody heard, is tried again after a while,
and nothing of its chat overtakes it. A handler that has stored everything says so
(``BotContext.kept``): in a rush its answer may have to wait for seconds, and others need not.

Not known here: where updates come from (``bot/updates/letterbox.py``), nor what they mean.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from telegram import Update

from bot.context import BotApplication
from bot.patience import Patience
from bot.updates.signs import Signs, wants_sign

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What the handlers understand; Telegram remembers the list and sends nothing else."""
UPDATE_LIMIT_S = 180.0
"""Longest work on one update. Handlers check, write and answer; this is a net, not a budget."""
LANES_AT_ONCE = 16
"""So many are looked at together; those whose answers wait for Telegram's pace come on top. As
many again of those who see no sign while they wait: taps, and what is said in groups."""

log = logging.getLogger(__name__)


class Lanes:
    """Hands updates to the handlers."""

    def __init__(
        self,
        app: BotApplication,
        stop: asyncio.Event,
        handled: Callable[[int], None],
        *,
        limit_s: float = UPDATE_LIMIT_S,
    ) -> None:
        """After ``stop`` what was begun is finished, and nothing else is begun.

        ``handled`` hears the number of each update that is done with.
        """
        self._app = app
        self._stop = stop
        self._handled = handled
        self._limit_s = limit_s
        self._lanes: dict[int, deque[Update]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(LANES_AT_ONCE)
        self._room_without_sign = asyncio.Semaphore(LANES_AT_ONCE)
        self._signs = Signs(app.bot)

    def put(self, update: Update) -> None:
        """Line an update up in its chat."""
        lane = _lane_of(update)
        self._lanes.setdefault(lane, deque()).append(update)
        if lane not in self._workers:
            self._workers[lane] = asyncio.create_task(self._work(lane))

    async def close(self) -> None:
        """Wait until what was begun is done."""
        self._stop.set()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def _work(self, lane: int) -> None:
        """Take the lane's updates in order until none is left."""
        waiting = self._lanes[lane]
        sign = self._sign(waiting[0])
        patience = Patience(self._app.services.settings.telegram.retry_s)
        try:
            while waiting and not self._stop.is_set():
                if await self._take(waiting[0]):
                    self._handled(waiting.popleft().update_id)
                    patience.reset()
                else:
                    await patience.wait(self._stop)
        finally:
            if sign is not None:
                sign.cancel()
            del self._lanes[lane], self._workers[lane]

    async def _take(self, update: Update) -> bool:
        """Work on one update; once all of it is kept, it makes room for others.

        False when it has to be tried again.
        """
        kept = self._app.keeping[update.update_id] = asyncio.Event()
        keeping = asyncio.create_task(kept.wait())
        working: asyncio.Task[bool] | None = None
        room = self._room if wants_sign(update) else self._room_without_sign
        try:
            async with room:
                await self._signs.let_pass()
                working = asyncio.create_task(self._process(update))
                await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
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

    async def _process(self, update: Update) -> bool:
        try:
            async with asyncio.timeout(self._limit_s):
                await self._app.process_update(update)
        except TimeoutError as e:
            log.error("update %d took more than %.0f s", update.update_id, self._limit_s)  # noqa: TRY400
            await self._app.process_error(update, e)  # its sender is told
        except Exception:
            log.exception("update %d could not be processed", update.update_id)
        is_settled = update.update_id not in self._app.unsettled
        self._app.unsettled.discard(update.update_id)
        if is_settled:
            del self._app.retried[update.update_id]  # a counter lets one go that it does not have
        return is_settled


def _lane_of(update: Update) -> int:
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else 0
