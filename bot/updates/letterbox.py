"""What Telegram sent lies here, as rows, until it is handled; only then is it forgotten.

Telegram shows a hundred updates and no more until it hears that these have come, and a photo takes
a while to look at: whoever wrote as the next one was not even seen. So updates are kept as they
come, a batch in one write, and Telegram hears so at once; then they line up in their chats. A
start takes up what an earlier process left. What was handled when a process was killed may be
handled again: it carries the same number, and starts nothing twice.

Not known here: how updates come (``bot/updates/intake.py`` asks for them,
``bot/updates/webhook.py`` is sent them), nor what they mean.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import index
from typing import Any

from telegram import Update

from bot.address import owner_of
from bot.context import BotApplication
from bot.updates.lanes import Lanes
from pipeline import errors
from pipeline.store.inbox import Incoming

MOST_OPEN = 1000
"""So many wait here at most, all chats together; what comes then waits at Telegram."""
AT_ONCE = 8
"""Reading one takes a third of a millisecond, and so does beginning with it; others wait for the
event loop meanwhile."""
FORGET_EVERY_S = 0.2
"""Rows of what was handled go together: each write costs what ten cost."""

log = logging.getLogger(__name__)


class Letterbox:
    """Keeps updates, and hands them to the lanes."""

    def __init__(
        self, app: BotApplication, stop: asyncio.Event, *, most_open: int = MOST_OPEN
    ) -> None:
        """After ``stop`` what was begun is finished; the rest stays for the next start."""
        self._most_open = most_open
        self._bot = app.bot
        self._inbox = app.services.inbox
        self._retry_s = app.services.settings.telegram.retry_s
        self._lanes = Lanes(app, stop, self._note_handled)
        self._open: set[int] = set()
        self._handled: set[int] = set()
        self._some_handled = asyncio.Event()
        self._forgetting: asyncio.Task[None] | None = None
        self.room = asyncio.Event()
        """Set while more may be taken."""

    async def open(self) -> None:
        """Line up what an earlier process left. Raises ``StoreUnavailable``."""
        left = await self._inbox.all()
        self._forgetting = asyncio.create_task(self._keep_forgetting())
        await self._line_up(await self._read([_parsed(row.content) for row in left]))
        for number in {row.number for row in left} - self._open:
            log.error("update %d cannot be read any more", number)
            self._open.add(number)
            self._note_handled(number)
        if left:
            log.info("%d updates are left from before", len(left))
        self._note_room()

    async def take(self, contents: Sequence[Any]) -> int:
        """Keep updates and line them up; tell how many of the contents are updates at all.

        Whatever this returns, Telegram may be told. Raises ``StoreError``: then none is taken.
        One that is here already is the same one.
        """
        read = await self._read(contents)
        fresh = [(u, content) for u, content in read if u.update_id not in self._open]
        await self._inbox.keep([_incoming(u, content) for u, content in fresh])
        await self._line_up(fresh)
        self._note_room()
        return len(read)

    async def close(self) -> None:
        """Wait until what was begun is done."""
        await self._lanes.close()
        if self._forgetting is not None:
            self._forgetting.cancel()
            await asyncio.gather(self._forgetting, return_exceptions=True)
        await self._forget()

    async def _read(self, contents: Iterable[Any]) -> list[tuple[Update, Any]]:
        """Make updates of what Telegram wrote, a few at a time; what is none is left out."""
        read = []
        for number, content in enumerate(contents, start=1):
            try:
                index(content["update_id"])
                read.append((Update.de_json(content, self._bot), content))
            except (ValueError, TypeError, KeyError, AttributeError) as e:
                log.warning("something came that is no update: %s", type(e).__name__)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return read

    async def _line_up(self, read: Iterable[tuple[Update, Any]]) -> None:
        """Let the lanes have updates, a few at a time."""
        for number, (update, _) in enumerate(read, start=1):
            if update.update_id not in self._open:  # nor has it come twice at the same time
                self._open.add(update.update_id)
                self._lanes.put(update)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _note_handled(self, number: int) -> None:
        self._handled.add(number)
        self._some_handled.set()

    def _note_room(self) -> None:
        if len(self._open) < self._most_open:
            self.room.set()
        else:
            self.room.clear()

    async def _keep_forgetting(self) -> None:
        """Forget what is handled, until cancelled."""
        while True:
            await self._some_handled.wait()
            self._some_handled.clear()
            is_forgotten = await self._forget()
            await asyncio.sleep(FORGET_EVERY_S if is_forgotten else self._retry_s)

    async def _forget(self) -> bool:
        """Delete the rows of what is handled; False when that has to wait."""
        handled = self._handled.copy()
        if not handled:
            return True
        try:
            await self._inbox.delete(handled)
        except Exception as e:  # whatever it is: the letterbox must not stay full
            is_bug = not isinstance(e, errors.StoreError)
            log.warning("%d handled updates stay here: %s", len(handled), e, exc_info=is_bug)
            self._some_handled.set()
            return False
        self._handled -= handled
        self._open -= handled
        self._note_room()
        return True


def _incoming(update: Update, content: Any) -> Incoming:
    person = update.effective_user
    return Incoming(
        number=update.update_id,
        who=None if person is None else owner_of(person.id),
        content=json.dumps(content, ensure_ascii=False),
        arrived_at=datetime.now(UTC),
    )


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None  # its secret is lost
