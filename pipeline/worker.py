"""A worker: takes renders from the queue until it is told to stop. Knows no door.

One worker renders one job at a time with each of its engines. To render more at once, start more,
each under its own ``jobs.executor``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from pipeline import errors
from pipeline.jobs import Jobs, QueueName, queue_of
from pipeline.settings import Settings
from pipeline.types import EngineChoice, EngineName

GPU = Path("/dev/nvidiactl")

log = logging.getLogger(__name__)


async def work(jobs: Jobs, queues: Sequence[QueueName], stop: asyncio.Event, name: str) -> None:
    """Listen to these renders until ``stop``; then drain.

    A job still running goes on from its checkpoint when a worker of this name starts again.
    Raises ``ExecutorAlreadyRunning``, also later: when a twin took over while the database was
    out of reach.
    """
    await jobs.launch(listen=queues, door=None)
    log.info("worker: listening to %s", ", ".join(queues))
    stopped = asyncio.create_task(stop.wait())
    lost = asyncio.create_task(jobs.until_lost())
    try:
        await asyncio.wait({stopped, lost}, return_when=asyncio.FIRST_COMPLETED)
        log.info("worker: stopping")
        if lost.done():
            raise errors.ExecutorAlreadyRunning(name)
    finally:
        stopped.cancel()
        lost.cancel()
        await asyncio.gather(stopped, lost, return_exceptions=True)
        await jobs.close()


def render_queues(settings: Settings) -> tuple[QueueName, ...]:
    """Say which engines' renders this process takes, without loading any of them.

    By itself it takes those of LatentSync where a GPU and its verified weights are.
    """
    lanes: set[EngineName] = set()
    for name in settings.jobs.renders:
        if name != "auto":
            lanes.add(EngineName(name))
            continue
        lanes.add(EngineName.WARP)
        if settings.lipsync.engine is EngineChoice.LATENTSYNC or _has_latentsync(settings):
            lanes.add(EngineName.LATENTSYNC)
    return tuple(queue_of(lane) for lane in sorted(lanes))


def _has_latentsync(settings: Settings) -> bool:
    from pipeline.latentsync.releases import Release
    from pipeline.lipsync import weights

    if settings.lipsync.engine is EngineChoice.WARP or not GPU.exists():
        return False
    found = weights.stock(settings.latentsync_in_place, Release(settings.latentsync.release))
    return found.state is weights.State.VERIFIED
