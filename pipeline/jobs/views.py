"""Where a job stands in the line. Reads only.

The line is the engine's own queue, so a position is what will happen and not a guess. One look at
it serves everybody who asks within ``fresh_s``: a hundred waiting orders cost one query.

Where the next one goes: an estimate of the waiting time, the numbers of a day.
"""

from __future__ import annotations

import asyncio

from pipeline.jobs.engine import Engine
from pipeline.types import Job, JobId, JobState


class Views:
    """What can be told about jobs that wait."""

    def __init__(self, engine: Engine, *, fresh_s: float) -> None:
        self.fresh_s = fresh_s
        self._engine = engine
        self._looking = asyncio.Lock()
        self._places: dict[JobId, int] = {}
        self._seen_at = -fresh_s

    async def position(self, job: Job) -> int | None:
        """Tell the place in the line; 1 is next, None when running or final."""
        if job.state is not JobState.QUEUED:
            return None
        if (place := await self.place(job.id, sure=True)) is not None:
            return place
        if await self._engine.is_render_known(job.id):
            return None  # taken a moment ago
        return len(self._places) + 1  # accepted a moment ago, about to stand in line

    async def place(self, id: JobId, *, sure: bool = False) -> int | None:
        """Tell the place in the line as it was last seen; None if it was not there.

        ``sure`` looks again for one that was not there: it may have come since.
        """
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if now - self._seen_at >= self.fresh_s or (sure and id not in self._places):
                line = await self._engine.line()
                self._places = {waiting: place for place, waiting in enumerate(line, start=1)}
                self._seen_at = now
            return self._places.get(id)
