"""Ask for updates, and confirm one to Telegram only after it is kept.

PTB's own polling confirms a batch before handlers have run: a killed bot loses it. Here the next
question, whose offset confirms, is asked when the answers to the last lie in the letterbox. A
letterbox that is full lets the rest wait at Telegram.

Not known here: what becomes of an update (``bot/updates/letterbox.py``).
``bot/updates/webhook.py`` takes this file's place where Telegram sends updates by itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.context import BotApplication
from bot.patience import Patience, asked_pause_s, set_within
from bot.updates.lanes import KINDS
from bot.updates.letterbox import MOST_OPEN, Letterbox
from pipeline import errors, metrics

LOOK_FOR_ROOM_S = 1.0
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
        most_open: int = MOST_OPEN,
    ) -> None:
        self._app = app
        self._bot = app.bot
        self._poll_timeout_s = poll_timeout_s
        self._retry_s = retry_s
        self._kinds = list(kinds)
        self._most_open = most_open
        self._offset: int | None = None
        self._heard_s: float | None = None

    def trouble(self) -> str:
        """Say why no updates come; empty while Telegram answers."""
        if self._heard_s is None:
            return "Telegram has not answered yet"
        silent_s = time.monotonic() - self._heard_s
        return f"no answer from Telegram for {silent_s:.0f} s" if silent_s > SILENT_S else ""

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and keep updates until ``stop``; then finish what was begun.

        Raises ``InvalidToken`` and ``Conflict``: no waiting mends those. Raises
        ``StoreUnavailable`` when what an earlier process left cannot be read.
        """
        no_webhook = await until_reached(
            lambda: self._bot.delete_webhook(drop_pending_updates=False),
            stop=stop,
            first_pause_s=self._retry_s,
        )
        if not no_webhook:
            return
        self._heard_s = time.monotonic()
        letterbox = Letterbox(self._app, stop, most_open=self._most_open)
        try:
            await letterbox.open()
            await self._poll(letterbox, stop)
        finally:
            await letterbox.close()
        await self._confirm_last()

    async def _poll(self, letterbox: Letterbox, stop: asyncio.Event) -> None:
        patience = Patience(self._retry_s)
        while not stop.is_set():
            if not await set_within(letterbox.room, LOOK_FOR_ROOM_S):
                self._heard_s = time.monotonic()  # it is not Telegram that is silent
                continue
            try:
                updates = await self._fetch(stop)
                self._heard_s = time.monotonic()
                await letterbox.take(updates)
            except (InvalidToken, Conflict):
                raise
            except TelegramError as e:
                log.warning("updates cannot be fetched: %s", type(e).__name__)
                metrics.TELEGRAM_ERRORS.labels(kind=type(e).__name__).inc()
                await patience.wait(stop, asked_pause_s(e))
            except errors.StoreError as e:
                log.warning("updates cannot be kept, and stay at Telegram: %s", e)
                await patience.wait(stop)
            else:
                if updates:
                    self._offset = max(update["update_id"] for update in updates) + 1
                patience.reset()

    async def _fetch(self, stop: asyncio.Event) -> Sequence[dict[str, Any]]:
        """Ask for updates; a stop ends the long poll, what it would have brought comes later."""
        poll = asyncio.ensure_future(self._ask())
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({poll, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return poll.result() if poll.done() else ()
        finally:
            for task in (poll, stopping):
                task.cancel()
            await asyncio.gather(poll, stopping, return_exceptions=True)

    async def _ask(self) -> list[dict[str, Any]]:
        """Ask for updates as Telegram writes them.

        PTB's ``get_updates`` makes objects of all at once, and loses what it does not know.
        """
        asked = {
            "offset": self._offset,
            "timeout": self._poll_timeout_s,
            "allowed_updates": self._kinds,
        }
        answer: list[dict[str, Any]] = await self._bot._post(
            "getUpdates", asked, read_timeout=POLL_GRACE_S + self._poll_timeout_s
        )
        return answer

    async def _confirm_last(self) -> None:
        """Tell Telegram what was kept, so that it does not come again after a restart."""
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
