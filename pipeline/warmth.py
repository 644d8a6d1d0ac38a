"""Whether the engine here has shown that it works, in the process that runs now.

A studio's process loads its engines when it starts and ends with a cancelled or broken render; the
next one is warmed at once, and not when somebody waits for it. Until then the process that owns it
is not ready (``probes``). Knows no engine, only a child that answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from pipeline import errors
from pipeline.child import Message
from pipeline.jobs import QueueName
from pipeline.settings import Settings
from pipeline.studio import WARM_UP, StudioWarmUp

AGAIN_S = 30.0
WARMING = "warming up"

log = logging.getLogger(__name__)


class Studio(Protocol):
    """What is asked of the studio's process; ``Child`` is one."""

    @property
    def has_answered(self) -> bool:
        """Tell whether the process that runs now has answered a request well."""
        ...

    async def ask(self, request: Message, *, limit_s: float) -> Message:
        """Send one request and wait for its answer."""
        ...

    async def until_ended(self) -> None:
        """Wait until the process that runs now has ended."""
        ...


class Warmth:
    """Keeps one studio warm, and tells whether it is."""

    def __init__(self, studio: Studio, request: Message, limit_s: float) -> None:
        """``request`` makes it load and try its engines."""
        self._studio, self._request, self._limit_s = studio, request, limit_s
        self._wrong = WARMING

    def trouble(self) -> str:
        """Say what is wrong; empty when the engine has shown that it works."""
        return "" if self._studio.has_answered else self._wrong

    async def keep(self) -> None:
        """Warm it now, and again whenever its process ends, until cancelled."""
        while True:
            self._wrong = WARMING
            try:
                await self._studio.ask(self._request, limit_s=self._limit_s)
            except (errors.BoltiError, OSError) as e:
                self._wrong = e.code if isinstance(e, errors.BoltiError) else type(e).__name__
                log.error("the engine cannot be warmed: %s", e)  # noqa: TRY400  it says all
                await asyncio.sleep(AGAIN_S)
            else:
                await self._studio.until_ended()


@asynccontextmanager
async def kept_warm(
    studio: Studio, queues: Sequence[QueueName], settings: Settings
) -> AsyncIterator[Warmth]:
    """Keep the engines of these renders warm until the block ends; without renders, none."""
    wish = StudioWarmUp(
        engines=tuple(queue.lane for queue in queues if queue.lane),
        latentsync=settings.latentsync_in_place,
        size_px=settings.lipsync.size_px,
        fps=settings.lipsync.fps,
    )
    request = WARM_UP.dump_python(wish, mode="json")
    warmth = Warmth(studio, request, settings.lipsync.limit_s)
    keeping = [asyncio.create_task(warmth.keep(), name="warmth")] if wish.engines else []
    try:
        yield warmth
    finally:
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
