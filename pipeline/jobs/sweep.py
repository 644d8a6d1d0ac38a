"""The sweep: the work of dead processes goes back on its queues, and orders that fell between two
transactions are picked up.

Who is dead, the liveness lock tells; nobody's clock is asked. What the work is, is not known here.

Where the next one goes: another thing to look after at intervals is a call in ``_sweep_once``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from pipeline import errors
from pipeline.jobs.engine import Engine
from pipeline.jobs.ports import Rows
from pipeline.types import Failure, JobId

log = logging.getLogger(__name__)


async def sweep(engine: Engine, every_s: float, stop: asyncio.Event) -> None:
    """Look after the dead until told to stop."""
    while not stop.is_set():
        try:
            await _sweep_once(engine)
        except errors.ExecutorAlreadyRunning:
            log.critical("Another process took the name %r: no more work here", engine.executor)
            await engine.close()
            return
        except Exception:
            # The database may be away for a while; the next round asks again.
            log.warning("The sweep failed", exc_info=True)
        await _pause(stop, every_s)


async def mend(
    engine: Engine, rows: Rows, give_up: Callable[[JobId, Failure], Awaitable[None]]
) -> None:
    """Enqueue each open order that was not, and end each whose workflow ended without it."""
    for job in await rows.unfinished():
        lost = await engine.is_order_lost(job.id)
        if lost is None:
            await engine.start_order(job.id)
        elif lost:
            log.error("%s: its workflow ended without it", job.id)
            await give_up(
                job.id, Failure(code="internal", detail="workflow ended", retryable=False)
            )


async def _sweep_once(engine: Engine) -> None:
    await asyncio.to_thread(engine.liveness.renew)
    for executor in await engine.others_at_work():
        if count := await engine.recover_if_dead(executor):
            log.warning("%r is gone: %d of its workflows go on elsewhere", executor, count)


async def _pause(stop: asyncio.Event, limit_s: float) -> None:
    try:
        async with asyncio.timeout(limit_s):
            await stop.wait()
    except TimeoutError:
        return
