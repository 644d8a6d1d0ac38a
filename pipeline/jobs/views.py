"""Where a job stands in the line, and who works on it. Reads only.

The line is the engine's own queue, so a position is what will happen and not a guess. One look at
it serves everybody who asks within ``fresh_s``: a hundred waiting orders cost a few queries.

Where the next one goes: another number about the line is a field of ``_Look``; arithmetic on it
stands in ``estimates.py``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pipeline.jobs.engine import Engine
from pipeline.jobs.estimates import eta, lanes_before, running_in
from pipeline.jobs.lanes import Lanes
from pipeline.jobs.ports import Books
from pipeline.line import LineMode, Pace, Span, Standing, Ticket, WorkerCard
from pipeline.types import EngineName, JobId, Progress, Stage

WAITING = Progress(stage=Stage.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The line as it was seen."""

    lines: dict[EngineName, list[JobId]] = field(default_factory=dict)
    tickets: dict[JobId, Ticket] = field(default_factory=dict)
    paces: dict[EngineName, Pace] = field(default_factory=dict)
    workers: dict[EngineName, int] = field(default_factory=dict)
    served: set[EngineName] = field(default_factory=set)
    mode: LineMode = LineMode.OPEN

    def place(self, id: JobId) -> int | None:
        """Give the place in whatever lane it stands; 1 is next."""
        return next((line.index(id) + 1 for line in self.lines.values() if id in line), None)

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
        self._seen = _Look()
        self._seen_at = -fresh_s

    async def standing(self, id: JobId, *, sure: bool = False) -> Standing:
        """Tell where an order is and when its video may be there.

        ``sure`` looks again for one that was not there: it may have come since.
        """
        look = await self._look(id, sure=sure)
        ticket = look.tickets.get(id)
        if ticket is None or ticket.is_decided:
            progress = ticket.progress if ticket else None
            return Standing(progress=progress or WAITING)
        place = look.place(id)
        if place is None and ticket.started_at is None and not await self._is_known(ticket):
            # Accepted a moment ago, about to stand in line.
            place = len(look.lines.get(ticket.lane or EngineName.WARP, ())) + 1
        paused = look.mode is LineMode.PAUSED and place is not None
        return Standing(
            progress=WAITING if place is not None else ticket.progress or WAITING,
            position=place,
            eta=None if paused else self._eta(look, ticket),
            is_paused=paused,
            is_stranded=place is not None and look.is_stranded(ticket),
        )

    async def place(self, id: JobId, *, sure: bool = False) -> int | None:
        """Tell the place in the line as it was last seen; None if it was not there."""
        return (await self._look(id, sure=sure)).place(id)

    async def ticket(self, id: JobId) -> Ticket | None:
        """Tell what was last seen of an open order."""
        return (await self._look(id, sure=False)).tickets.get(id)

    async def workers(self) -> list[WorkerCard]:
        """List every worker that has a card, and whether it lives."""
        return await self._lanes.cards()

    def forget(self) -> None:
        """Look again at the next question: something was changed on purpose."""
        self._seen_at = -self.fresh_s

    async def _is_known(self, ticket: Ticket) -> bool:
        return await self._engine.is_render_known(ticket.id, ticket.tries)

    def _eta(self, look: _Look, ticket: Ticket) -> Span | None:
        if (lane := ticket.lane) is None:
            return None
        line = look.lines.get(lane, [])
        return eta(
            ticket,
            before=lanes_before(line, look.tickets, ticket.id),
            running=running_in(lane, list(look.tickets.values()), line),
            pace=look.paces.get(lane),
            workers=look.workers.get(lane, 0),
            now=datetime.now(UTC),
        )

    async def _look(self, id: JobId, *, sure: bool) -> _Look:
        async with self._looking:
            now = asyncio.get_running_loop().time()
            stale = now - self._seen_at >= self.fresh_s
            if stale or (sure and self._seen.place(id) is None):
                lines = await self._engine.lines()
                tickets = {ticket.id: ticket for ticket in await self._books.line.tickets()}
                self._seen = replace(self._seen, lines=lines, tickets=tickets)
                if stale:
                    self._seen = replace(
                        self._seen,
                        paces=await self._books.paces.recent(),
                        workers=await self._lanes.workers_alive(),
                        served=await self._lanes.served(),
                        mode=(await self._books.line.mode()).mode,
                    )
                    self._seen_at = now
            return self._seen
