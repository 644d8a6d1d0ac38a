"""Waits until a message that Telegram sent as several is whole: an album, a text cut by length.

No piece says how many there are. Each is a row before its update is confirmed, so that a crash
loses none; a timer, started on arrival, only decides when to look at what has come: a while after
the last piece, but never long after the first. A late piece starts it anew. After a restart the
rows are still there, and the timers of what is not told start again; what Telegram did not take is
told again, as long as a draft waits.

Not known here: what a batch means; ``settle`` of its kind does. It runs in the chat's turn, so
that no handler works on the same draft meanwhile. It may run twice for the same pieces.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.address import drafter, unpack_address
from bot.context import BotContext
from bot.delivery.outbox import may_be_heard_later
from bot.drafting.drafts import Sender
from bot.patience import DEATHS, set_within
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
"""So long after a fault of the store or of Telegram it is looked at again."""

Settle = Callable[[list[Piece], BotContext], Awaitable[None]]
Batch = tuple[str, str]

log = logging.getLogger(__name__)


def sender_of_batch(pieces: Sequence[Piece], answered: Piece) -> Sender:
    """Say who sent a batch. It counts as its first update; what is said answers one of them.

    Its first: one that comes late, after a crash in the middle, then makes no second order.
    """
    user_id = drafter(answered.draft)
    assert user_id is not None
    return Sender(
        user_id=user_id,
        update_id=pieces[0].number,
        address=unpack_address(answered.address),
    )


def untold(pieces: Sequence[Piece]) -> list[Piece]:
    """Give those of a batch whose person has not heard yet what came of them."""
    return [piece for piece in pieces if not piece.told]


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """One batch that may not be whole yet, in the loop's time."""

    latest_s: float
    due_s: float
    task: asyncio.Task[None] | None = None
    deaths: int = 0
    """How often a reader died over it."""
    sent_at: datetime | None = None
    """When the newest piece was written; None where an earlier process heard it."""
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


class Gathering:
    """The batches that wait for more. ``settles`` has a function for each kind of batch."""

    def __init__(
        self, app: BotApplication, settles: Mapping[str, Settle], *, quiet_s: float = QUIET_S
    ) -> None:
        self._app = app
        self._settles = settles
        self.quiet_s, self.again_s = quiet_s, AGAIN_S
        self._waiting: dict[Batch, _Waiting] = {}

    async def start(self) -> None:
        """Take up what an earlier process left open."""
        for piece in await self._app.services.pieces.all():
            if not piece.told:
                self._wait((piece.draft, piece.batch))

    async def close(self) -> None:
        """Stop waiting; the rows stay for the next start."""
        tasks = [waiting.task for waiting in self._waiting.values() if waiting.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def add(self, piece: Piece, sent_at: datetime | None) -> None:
        """Keep a piece, written at this time, and wait for the next one."""
        await self._app.services.pieces.add(piece)
        self._wait((piece.draft, piece.batch)).sent_at = sent_at

    def is_open(self, draft: str, batch: str) -> bool:
        """Tell whether a batch waits for more."""
        return (draft, batch) in self._waiting

    async def knows(self, draft: str, batch: str, number: int) -> bool:
        """Tell whether an update has brought a piece of a batch before."""
        known = await self._app.services.pieces.of(draft, batch)
        return any(piece.number == number for piece in known)

    async def settle_all(self) -> None:
        """Look at every open batch now; return when none is open any more."""
        for waiting in self._waiting.values():
            waiting.due_s = 0.0
            waiting.hurry.set()
        while tasks := [w.task for w in self._waiting.values() if w.task is not None]:
            await asyncio.wait(tasks)

    def _wait(self, batch: Batch) -> _Waiting:
        """Wait a while for more pieces of a batch, or a while longer."""
        now_s = asyncio.get_running_loop().time()
        waiting = self._waiting.get(batch)
        if waiting is None:
            waiting = _Waiting(latest_s=now_s + LONGEST_S, due_s=now_s + self.quiet_s)
            self._waiting[batch] = waiting
            waiting.task = asyncio.create_task(self._see_through(batch, waiting))
        waiting.due_s = min(waiting.latest_s, now_s + self.quiet_s)
        return waiting

    async def _see_through(self, batch: Batch, waiting: _Waiting) -> None:
        now_s = asyncio.get_running_loop().time
        while True:
            while (left_s := waiting.due_s - now_s()) > 0:
                await set_within(waiting.hurry, left_s)
            due_s = waiting.due_s
            waiting.latest_s = now_s() + LONGEST_S  # of what comes while this is settled
            try:
                is_over = await self._tell(batch, waiting)
            except (errors.StoreUnavailable, errors.ChildDied) as e:
                log.warning("a batch is looked at again: %s", e)
                is_over = False
            if not is_over:
                waiting.due_s = now_s() + self.again_s
                waiting.hurry.clear()
                continue
            if waiting.due_s == due_s:
                del self._waiting[batch]
                return

    async def _tell(self, batch: Batch, waiting: _Waiting) -> bool:
        """Let a batch be settled and note that it is told; False when Telegram did not take it."""
        services = self._app.services
        pieces = await services.pieces.of(*batch)
        if not (fresh := untold(pieces)):
            return True
        is_told = await self._settle(pieces, waiting)
        patience = timedelta(minutes=services.settings.store.draft_minutes)
        if not is_told and fresh[-1].arrived_at > datetime.now(UTC) - patience:
            return False
        await services.pieces.tell(fresh)
        return True

    async def _settle(self, pieces: list[Piece], waiting: _Waiting) -> bool:
        """Let a batch be settled; False when what was to be said may be heard later.

        Raises ``StoreUnavailable``, and ``ChildDied`` while another reader may live.
        """
        newest = pieces[-1]
        address = unpack_address(newest.address)
        user_id = drafter(newest.draft)
        async with self._app.turns.of(address.chat_id):
            context = BotContext(self._app, chat_id=address.chat_id, user_id=user_id)
            context.language = address.language
            context.sent_at = waiting.sent_at or newest.arrived_at
            try:
                await context.refresh_data()
                await self._settles[newest.batch.partition(":")[0]](pieces, context)
            except errors.StoreUnavailable:
                raise
            except errors.BoltiError as e:
                if isinstance(e, errors.ChildDied) and waiting.deaths < DEATHS:
                    waiting.deaths += 1
                    raise
                log.info("batch of update %d: %s", newest.number, e.code)
                metrics.REFUSALS.labels(code=e.code).inc()
                sentence = context.texts.error(context.language, e.code, e.values())
                return await self._say(context, newest, sentence)
            except TelegramError as e:
                log.warning("batch of update %d: %s", newest.number, type(e).__name__)
                return not may_be_heard_later(e)
            except Exception:
                incident = short_id(f"batch-{newest.number}")
                log.exception("batch of update %d, incident %s", newest.number, incident)
                return await self._say(context, newest, context.t("error.incident", id=incident))
            return True

    async def _say(self, context: BotContext, newest: Piece, sentence: str) -> bool:
        try:
            await context.say(unpack_address(newest.address), sentence)
        except TelegramError as e:
            log.warning("sentence not sent: %s", type(e).__name__)
            return not may_be_heard_later(e)
        return True
