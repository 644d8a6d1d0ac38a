"""Which engine's line an order joins: what somebody renders just now, and what was asked for.

Every worker says by a card what it can render; its liveness lock says whether it lives. A worker
that went a moment ago (a restart, a deploy) still counts, or each restart would send the videos of
a minute to the other engine.

Where the next one goes: another rule about who renders what is a line in ``choose``.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never

from pydantic import TypeAdapter

from pipeline.jobs.engine import Engine
from pipeline.jobs.ports import WorkerRows
from pipeline.line import Ticket, WorkerCard
from pipeline.types import EngineChoice, EngineName, RenderRequest

MISSED = timedelta(minutes=3)
"""How long a worker that went is still expected back."""
FRESH_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What was decided when an order began: its place, its line, whether it gets a preview."""

    turn: int
    lane: EngineName
    preview: bool

    def to_json(self) -> str:
        """Turn it into what the engine records."""
        return _START.dump_json(self).decode()

    @staticmethod
    def from_json(text: str) -> Start:
        """Read what the engine recorded."""
        return _START.validate_json(text)


_START: Final = TypeAdapter(Start)


class Lanes:
    """The engines on offer."""

    def __init__(self, engine: Engine, workers: WorkerRows, *, previews: bool) -> None:
        self._engine, self._workers = engine, workers
        self._previews = previews
        self._looking = asyncio.Lock()
        self._cards: list[WorkerCard] = []
        self._seen_at = -FRESH_S

    async def begin(self, ticket: Ticket, request: RenderRequest | None) -> Start:
        """Decide in which line an order stands, and whether somebody can sketch it meanwhile."""
        lane = EngineName.WARP if request is None else await self.choose(request.engine)
        waits_for_gpu = lane is EngineName.LATENTSYNC
        preview = self._previews and waits_for_gpu and EngineName.WARP in await self.served()
        return Start(turn=ticket.turn, lane=lane, preview=preview)

    async def choose(self, choice: EngineChoice) -> EngineName:
        """Choose the line of an order. Who insists on an engine waits for it, and is told so."""
        match choice:
            case EngineChoice.WARP:
                return EngineName.WARP
            case EngineChoice.LATENTSYNC:
                return EngineName.LATENTSYNC
            case EngineChoice.AUTO:
                has_it = EngineName.LATENTSYNC in await self.served()
                return EngineName.LATENTSYNC if has_it else EngineName.WARP
            case _:
                assert_never(choice)

    async def served(self) -> set[EngineName]:
        """Tell which engines somebody renders with, or will again in a moment."""
        since = datetime.now(UTC) - MISSED
        cards = await self.cards()
        return {lane for c in cards if c.is_alive or c.seen_at > since for lane in c.lanes}

    async def workers_alive(self) -> dict[EngineName, int]:
        """Count the living workers of each engine."""
        cards = await self.cards()
        return Counter(lane for card in cards if card.is_alive for lane in card.lanes)

    async def cards(self) -> list[WorkerCard]:
        """List every worker that has a card, and whether it lives."""
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if now - self._seen_at >= FRESH_S:
                cards = await self._workers.all()
                alive = await self._engine.alive([card.executor for card in cards])
                self._cards = [replace(c, is_alive=c.executor in alive) for c in cards]
                self._seen_at = now
            return self._cards
