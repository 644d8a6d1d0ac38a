"""A worker: takes renders from the queue until it is told to stop. Knows no door.

One worker renders one job at a time with each of its engines. To render more at once, start more,
each under its own ``jobs.executor``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from pipeline.jobs import Jobs, QueueName

log = logging.getLogger(__name__)


async def work(jobs: Jobs, queues: Sequence[QueueName], stop: asyncio.Event) -> None:
    """Listen to these renders until ``stop``; then drain.

    A job still running goes on from its checkpoint when a worker of this name starts again.
    """
    await jobs.launch(listen=queues, door=None)
    log.info("worker: listening to %s", ", ".join(queues))
    try:
        await stop.wait()
        log.info("worker: stopping")
    finally:
        await jobs.close()
