"""Waits until a message that Telegram sent as several is whole: an album, a text cut by length.

No piece says how many there are. Each is a row before its update is confirmed, so that a crash
loses none; a timer, started on arrival, only decides when to look at what has come: a while after
the last piece, but never long after the first. A late piece starts it anew. After a restart the
rows are still there, and their timers start again.

Not known here: what a batch means; ``settle`` of its kind does. It runs in the chat's turn, so
that no handler works on the same draft meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.address import drafter, unpack_address
from bot.context import BotContext
from bot.drafting.drafts import Sender
from bot.patience import set_within
from bot.texts import short_id
from pipeline import errors, metrics
from pipeline.store.pieces import Piece

if TYPE_CHECKING:
    from bot.context import BotApplication

QUIET_S = 1.0
"""So long after the last piece a batch counts as whole."""
LONGEST_S = 8.0
"""So long after the first it is looked at, even while pieces still come."""
AGAIN_S = 5.0
"""So long after a fault of the store it is looked at again."""

Settle = Callable[[list[Piece], BotContext], Awaitable[None]]
Batch = tuple[str, str]

log = logging.getLogger(__name__)


def sender_of_batch(pieces: Sequence[Piece], answered: Piece) -> Sender:
    """Say who sent a batch. It counts as its last update; what is said answers one of them."""
    user_id = drafter(answered.draft)
    assert user_id is not None
    return Sender(
        user_id=user_id,
        update_id=pieces[-1].number,
        address=unpack_address(answered.address),
    )


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """One batch that may not be whole yet, in the loop's time."""

    latest_s: float
    due_s: float
    task: asyncio.Task[None] | None = None
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


class Gathering:
    """The batches that wait for more. ``settles`` has a function for each kind of batch."""

    def __init__(
        self, app: BotApplication, settles: Mapping[str, Settle], *, quiet_s: float = QUIET_S
    ) -> None:
        self._app = app
        self._settles = settles
        self.quiet_s = quiet_s
        self._waiting: dict[Batch, _Waiting] = {}

    async def start(self) -> None:
        """Take up what an earlier process left open."""
        for piece in await self._app.services.pieces.all():
            if piece.outcome is None:
                self._wait((piece.draft, piece.batch))

    async def close(self) -> None:
        """Stop waiting; the rows stay for the next start."""
        tasks = [waiting.task for waiting in self._waiting.values() if waiting.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def add(self, piece: Piece) -> None:
        """Keep a piece and wait for the next one."""
        await self._app.services.pieces.add(piece)
        self._wait((piece.draft, piece.batch))

    def is_open(self, draft: str, batch: str) -> bool:
        """Tell whether a batch waits for more."""
        return (draft, batch) in self._waiting

    async def settle_all(self) -> None:
        """Look at every open batch now; return when none is open any more."""
        for waiting in self._waiting.values():
            waiting.due_s = 0.0
            waiting.hurry.set()
        while tasks := [w.task for w in self._waiting.values() if w.task is not None]:
            await asyncio.wait(tasks)

    def _wait(self, batch: Batch) -> None:
        """Wait a while for more pieces of a batch, or a while longer."""
        now_s = asyncio.get_running_loop().time()
        waiting = self._waiting.get(batch)
        if waiting is None:
            waiting = _Waiting(latest_s=now_s + LONGEST_S, due_s=now_s + self.quiet_s)
            self._waiting[batch] = waiting
            waiting.task = asyncio.create_task(self._see_through(batch, waiting))
        waiting.due_s = min(waiting.latest_s, now_s + self.quiet_s)

    async def _see_through(self, batch: Batch, waiting: _Waiting) -> None:
        now_s = asyncio.get_running_loop().time
        while True:
            while (left_s := waiting.due_s - now_s()) > 0:
                await set_within(waiting.hurry, left_s)
            due_s = waiting.due_s
            waiting.latest_s = now_s() + LONGEST_S  # of what comes while this is settled
            try:
                if pieces := await self._app.services.pieces.of(*batch):
                    await self._settle(pieces)
            except errors.StoreUnavailable as e:
                log.warning("a batch waits for the store: %s", e)
                waiting.due_s = now_s() + AGAIN_S
                continue
            if waiting.due_s == due_s:
                del self._waiting[batch]
                return

    async def _settle(self, pieces: list[Piece]) -> None:
        newest = pieces[-1]
        address = unpack_address(newest.address)
        user_id = drafter(newest.draft)
        async with self._app.turns.of(address.chat_id):
            context = BotContext(self._app, chat_id=address.chat_id, user_id=user_id)
            context.language = address.language
            try:
                await context.refresh_data()
                await self._settles[newest.batch.partition(":")[0]](pieces, context)
            except errors.StoreUnavailable:
                raise
            except errors.BoltiError as e:
                log.info("batch of update %d: %s", newest.number, e.code)
                metrics.REFUSALS.labels(code=e.code).inc()
                sentence = context.texts.error(context.language, e.code, e.values())
                await self._say(context, newest, sentence)
            except TelegramError as e:
                log.warning("batch of update %d: %s", newest.number, type(e).__name__)
            except Exception:
                incident = short_id(f"batch-{newest.number}")
                log.exception("batch of update %d, incident %s", newest.number, incident)
                await self._say(context, newest, context.t("error.incident", id=incident))

    async def _say(self, context: BotContext, newest: Piece, sentence: str) -> None:
        try:
            await context.say(unpack_address(newest.address), sentence)
        except TelegramError as e:
            log.warning("sentence not sent: %s", type(e).__name__)
