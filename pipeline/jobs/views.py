"""Where a job stands in the line. Reads only.

The line is the engine's own queue, so a position is what will happen and not a guess. One look at
it serves everybody who asks within a second.

Where the next one goes: an estimate of the waiting time, the numbers of a day.
"""

from __future__ import annotations

import asyncio

from pipeline.jobs.engine import Engine
from pipeline.types import Job, JobId, JobState

FRESH_S = 1.0


class Views:
    """What can be told about jobs that wait."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._looking = asyncio.Lock()
        self._line: list[JobId] = []
        self._seen_at = -FRESH_S

    async def position(self, job: Job) -> int | None:
        """Tell the place in the line; 1 is next, None when running or final."""
        if job.state is not JobState.QUEUED:
            return None
        line = await self._look(for_id=job.id)
        if job.id in line:
            return line.index(job.id) + 1
        if await self._engine.is_render_known(job.id):
            return None  # taken a moment ago
        return len(line) + 1  # accepted a moment ago, about to stand in line

    async def _look(self, *, for_id: JobId) -> list[JobId]:
        async with self._looking:
            now = asyncio.get_running_loop().time()
            # Whoever is missing in what was seen may have come since.
            if now - self._seen_at >= FRESH_S or for_id not in self._line:
                self._line = await self._engine.line()
                self._seen_at = now
            return self._line
