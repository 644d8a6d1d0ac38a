"""Where a job stands in the line, and who works on it. Reads only.

The line is the engine's own queue, so a position is what will happen and not a guess. One look at
it serves everybody who asks within ``fresh_s``: two hundred waiting orders cost what one costs,
four small statements on one connection.

Where the next one goes: another number about the line is a field of ``LineLook``; arithmetic on it
stands in ``estimates.py``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.jobs.engine import Engine
from pipeline.jobs.estimates import eta, lanes_before, running_in
from pipeline.jobs.lanes import Lanes
from pipeline.jobs.ports import Books
from pipeline.jobs.queued import waiting
from pipeline.line import LineLook, LineMode, Span, Standing, Ticket, WorkerCard
from pipeline.types import EngineName, JobId, Progress, Stage

WAITING = Progress(stage=Stage.WAITING)
LONG_AGO = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The line and who works on it, as they were when somebody began to look."""

    line: LineLook = field(default_factory=LineLook)
    workers: dict[EngineName, int] = field(default_factory=dict)
    served: set[EngineName] = field(default_factory=set)
    at: float = LONG_AGO

    def place(self, id: JobId) -> int | None:
        """Give the place in whatever lane it stands; 1 is next."""
        lines = self.line.lines.values()
        return next((line.index(id) + 1 for line in lines if id in line), None)

    def is_stranded(self, ticket: Ticket) -> bool:
        """Tell whether nobody has the engine that it waits for, but somebody the quick one."""
        lane = ticket.lane or EngineName.WARP
        return lane not in self.served and EngineName.WARP in self.served


class Views:
    """What can be told about jobs that wait."""

    def __init__(self, engine: Engine, books: Books, lanes: Lanes, *, fresh_s: float) -> None:
        self.fresh_s = fresh_s
        self._engine, self._books, self._lanes = engine, books, lanes
        self._looking = asyncio.Lock()
        self._seen = _Seen()
        self._changed_at = LONG_AGO

    async def standing(self, id: JobId, *, sure: bool = False) -> Standing:
        """Tell where an order is and when its video may be there, as it was ``fresh_s`` ago.

        ``sure`` looks again for one that was not there: it may have come since.
        """
        seen = await self._look(id, sure=sure)
        ticket = seen.line.tickets.get(id)
        if ticket is None or ticket.is_decided:
            progress = ticket.progress if ticket else None
            return Standing(progress=progress or WAITING)
        place = seen.place(id)
        if place is None and ticket.started_at is None and not await self._is_known(ticket):
            # Accepted a moment ago, about to stand in line.
            place = len(seen.line.lines.get(ticket.lane or EngineName.WARP, ())) + 1
        paused = seen.line.mode is LineMode.PAUSED and place is not None
        return Standing(
            progress=WAITING if place is not None else ticket.progress or WAITING,
            position=place,
            eta=None if paused else self._eta(seen, ticket),
            is_paused=paused,
            is_stranded=place is not None and seen.is_stranded(ticket),
        )

    async def place(self, id: JobId, *, sure: bool = False) -> int | None:
        """Tell the place in the line as it was last seen; None if it was not there."""
        return (await self._look(id, sure=sure)).place(id)

    async def ticket(self, id: JobId) -> Ticket | None:
        """Tell what was last seen of an open order."""
        return (await self._look(id, sure=False)).line.tickets.get(id)

    async def workers(self) -> list[WorkerCard]:
        """List every worker that has a card, and whether it lives."""
        return await self._lanes.cards()

    def forget(self) -> None:
        """Look again at the next question: something was changed on purpose."""
        self._changed_at = asyncio.get_running_loop().time()

    async def _is_known(self, ticket: Ticket) -> bool:
        return await self._engine.is_render_known(ticket.id, ticket.tries)

    def _eta(self, seen: _Seen, ticket: Ticket) -> Span | None:
        if (lane := ticket.lane) is None:
            return None
        line, tickets = seen.line.lines.get(lane, []), seen.line.tickets
        return eta(
            ticket,
            before=lanes_before(line, tickets, ticket.id),
            running=running_in(lane, list(tickets.values()), line),
            pace=seen.line.paces.get(lane),
            workers=seen.workers.get(lane, 0),
            now=datetime.now(UTC),
        )

    async def _look(self, id: JobId, *, sure: bool) -> _Seen:
        """Give what was seen lately; who is ``sure`` of one that it lacks, what is seen now.

        Of many who want that at once one looks, and all who came before it began believe it.
        """
        now = asyncio.get_running_loop().time
        asked_at = now()
        async with self._looking:
            seen = self._seen
            is_stale = now() - seen.at >= self.fresh_s or seen.at <= self._changed_at
            if is_stale or (sure and seen.at <= asked_at and seen.place(id) is None):
                self._seen = _Seen(
                    at=now(),
                    line=await self._books.line.look(waiting),
                    workers=await self._lanes.workers_alive(),
                    served=await self._lanes.served(),
                )
            return self._seen
