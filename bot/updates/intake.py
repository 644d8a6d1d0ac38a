"""Ask for updates, and confirm one to Telegram only after it is stored.

PTB's own polling confirms a batch before handlers have run: a killed bot loses it. Here a window
of unconfirmed updates stays open. The offset, which confirms, moves past the unbroken run of
finished updates and never past one that could not be stored: that one, and what follows it in its
chat, comes again. While a slow lane holds the offset, Telegram hands out the open window again and
again; what is known is skipped, so other chats do not wait.

Not known here: what an update means. ``bot/updates/webhook.py`` takes this file's place where
Telegram sends updates by itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from telegram import Bot, Update
from telegram.constants import PollingLimit
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.context import BotApplication
from bot.patience import Patience, asked_pause_s, set_within
from bot.updates.lanes import KINDS, Fate, Lanes
from pipeline import metrics

OPEN_WINDOW_PAUSE_S = 0.25
FULL_WINDOW_PAUSE_S = 0.1
"""Telegram hands out no more at a time, so others have not been seen yet."""
POLL_GRACE_S = 10.0
SILENT_S = 90.0
"""From then on a Telegram that does not answer is a trouble of this bot."""
FAREWELL_LIMIT_S = 5.0

log = logging.getLogger(__name__)


async def until_reached(
    ask: Callable[[], Awaitable[object]], *, stop: asyncio.Event, first_pause_s: float
) -> bool:
    """Repeat a request while Telegram is away; False when stopped before it answered.

    ``InvalidToken`` and ``Conflict`` are mistakes of the set-up and pass through.
    """
    patience = Patience(first_pause_s)
    while not stop.is_set():
        try:
            await ask()
        except (InvalidToken, Conflict):
            raise
        except (NetworkError, RetryAfter) as e:
            log.warning(
                "Telegram does not answer (%s); next try in %.0f s",
                type(e).__name__,
                max(patience.next_s, asked_pause_s(e)),
            )
            await patience.wait(stop, asked_pause_s(e))
        else:
            return True
    return False


class Intake:
    """The loop from Telegram to the handlers."""

    def __init__(
        self,
        app: BotApplication,
        *,
        poll_timeout_s: int,
        retry_s: float,
        kinds: Sequence[str] = KINDS,
    ) -> None:
        self._app = app
        self._bot: Bot = app.bot
        self._poll_timeout_s = poll_timeout_s
        self._retry_s = retry_s
        self._kinds = list(kinds)
        self._offset: int | None = None
        self._open: set[int] = set()
        self._held: set[int] = set()  # not stored: they come again, and hold the offset
        self._finished: set[int] = set()
        self._idle = asyncio.Event()
        self._heard_s: float | None = None

    def trouble(self) -> str:
        """Say why no updates come; empty while Telegram answers."""
        if self._heard_s is None:
            return "Telegram has not answered yet"
        silent_s = time.monotonic() - self._heard_s
        return f"no answer from Telegram for {silent_s:.0f} s" if silent_s > SILENT_S else ""

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and hand out updates until ``stop``; then finish what was begun and confirm it.

        Raises ``InvalidToken`` and ``Conflict``: no waiting mends those.
        """
        no_webhook = await until_reached(
            lambda: self._bot.delete_webhook(drop_pending_updates=False),
            stop=stop,
            first_pause_s=self._retry_s,
        )
        if not no_webhook:
            return
        self._heard_s = time.monotonic()
        lanes = Lanes(self._app, stop)
        try:
            await self._poll(lanes, stop)
        finally:
            await lanes.close()
        await self._confirm_last()

    async def _poll(self, lanes: Lanes, stop: asyncio.Event) -> None:
        patience = Patience(self._retry_s)
        while not stop.is_set():
            self._advance()
            try:
                updates = await self._fetch(stop)
            except (InvalidToken, Conflict):
                raise
            except TelegramError as e:
                log.warning("updates cannot be fetched: %s", type(e).__name__)
                metrics.TELEGRAM_ERRORS.labels(kind=type(e).__name__).inc()
                await patience.wait(stop, asked_pause_s(e))
                continue
            self._heard_s = time.monotonic()
            self._hand_out(updates, lanes)
            # An open window is handed out again at once: wait until it is done, but not for long,
            # since other chats may have written meanwhile.
            is_full = len(updates) == PollingLimit.MAX_LIMIT
            await set_within(self._idle, FULL_WINDOW_PAUSE_S if is_full else OPEN_WINDOW_PAUSE_S)
            if self._held:
                await patience.wait(stop)
            else:
                patience.reset()

    async def _fetch(self, stop: asyncio.Event) -> Sequence[Update]:
        """Ask for updates; a stop ends the long poll, what it would have brought comes later."""
        poll = asyncio.ensure_future(
            self._bot.get_updates(
                offset=self._offset,
                timeout=self._poll_timeout_s if not self._open else 0,
                allowed_updates=self._kinds,
                read_timeout=POLL_GRACE_S,
            )
        )
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({poll, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return poll.result() if poll.done() else ()
        finally:
            for task in (poll, stopping):
                task.cancel()
            await asyncio.gather(poll, stopping, return_exceptions=True)

    def _hand_out(self, updates: Sequence[Update], lanes: Lanes) -> None:
        for update in updates:
            if update.update_id in self._open or update.update_id in self._finished:
                continue
            self._open.add(update.update_id)
            self._held.discard(update.update_id)
            lanes.put(update).add_done_callback(partial(self._settle, update.update_id))
        self._note_idle()

    def _settle(self, update_id: int, fate: asyncio.Future[Fate]) -> None:
        """Remember what became of an update."""
        settled = self._finished if fate.result() is Fate.STORED else self._held
        settled.add(update_id)
        self._open.discard(update_id)
        self._note_idle()

    def _advance(self) -> None:
        """Move the offset past the finished updates that no unfinished one precedes."""
        first_unfinished = min(self._open | self._held, default=None)
        passed = {u for u in self._finished if first_unfinished is None or u < first_unfinished}
        if passed:
            self._offset = max(passed) + 1
            self._finished -= passed

    def _note_idle(self) -> None:
        if self._open:
            self._idle.clear()
        else:
            self._idle.set()

    async def _confirm_last(self) -> None:
        """Tell Telegram what was finished, so that it does not come again after a restart."""
        self._advance()
        if self._offset is None:
            return
        try:
            async with asyncio.timeout(FAREWELL_LIMIT_S):
                await self._bot.get_updates(
                    offset=self._offset, timeout=0, limit=1, allowed_updates=self._kinds
                )
        except (TelegramError, TimeoutError) as e:
            # Harmless: the same updates come again and start nothing twice.
            log.info("the last updates stay unconfirmed: %s", type(e).__name__)
