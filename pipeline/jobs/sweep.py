"""What becomes of work that nobody does: of dead processes, and between two transactions.

``recover`` puts the work of the dead back on its queues; who is dead, the liveness lock tells, and
nobody's clock is asked. ``mend`` enqueues orders that were accepted and not enqueued, and ends
those whose workflow ended without them. ``reroute`` lets nobody wait for an engine that is gone.
What the work is, is not known here.

Where the next one goes: another thing to look after is a function here and a line in ``work.py``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from pipeline import errors
from pipeline.jobs import requests
from pipeline.jobs.detour import move
from pipeline.jobs.engine import Engine
from pipeline.jobs.lanes import Lanes
from pipeline.jobs.ports import Books, LineRows, Requests
from pipeline.jobs.queued import waiting
from pipeline.line import LineMode
from pipeline.types import EngineChoice, EngineName, Failure, JobId

MEND_INTERVAL_S = 60.0

log = logging.getLogger(__name__)


async def regularly(
    act: Callable[[], Awaitable[None]], every_s: float, stop: asyncio.Event, lost: asyncio.Event
) -> None:
    """Do it at once and then at intervals, until told to stop, or ``lost`` to a twin."""
    while not stop.is_set():
        try:
            await act()
        except errors.ExecutorAlreadyRunning as e:
            log.critical("No more work is done here: %s", e)
            lost.set()
            return
        except Exception:
            # The database may be away for a while; the next round asks again.
            log.warning("Looking after lost work failed", exc_info=True)
        try:
            async with asyncio.timeout(every_s):
                await stop.wait()
        except TimeoutError:
            continue


async def recover(engine: Engine) -> None:
    """Take the lock again if it was lost, and give the work of the dead to the living."""
    try:
        await asyncio.to_thread(engine.liveness.renew)
    except errors.ExecutorAlreadyRunning:
        await engine.close()
        raise
    others = await engine.others_at_work()
    for executor in others - await engine.alive(others):
        if count := await engine.recover_if_dead(executor):
            log.warning("%r is gone: %d of its workflows go on elsewhere", executor, count)


async def obey(engine: Engine, line: LineRows) -> None:
    """Hold or let go of all renders, as the line says; a start may have set them otherwise."""
    await engine.hold_renders((await line.mode()).mode is LineMode.PAUSED)


async def mend(
    engine: Engine, books: Books, give_up: Callable[[JobId, Failure], Awaitable[None]]
) -> None:
    """Enqueue each open order that was not, and end each whose workflow ended without it."""
    for ticket in await books.line.tickets():
        lost = await engine.is_order_lost(ticket.id, ticket.tries)
        if lost is None:
            log.warning("%s was accepted and not enqueued", ticket.id)
            await engine.start_order(ticket.id, ticket.tries)
        elif lost:
            failure = Failure(code="internal", detail="its workflow ended", retryable=False)
            await give_up(ticket.id, failure)


async def reroute(engine: Engine, books: Books, store: Requests, lanes: Lanes) -> None:
    """Give what waits for a GPU that nobody has any more to the quick engine.

    Only where that was left to us; who insists on a GPU is asked (``detour``).
    """
    served = await lanes.served()
    if EngineName.LATENTSYNC in served or EngineName.WARP not in served:
        return
    look = await books.line.look(waiting)
    for id in look.lines[EngineName.LATENTSYNC]:
        ticket = look.tickets.get(id)
        if ticket is None or ticket.is_decided or ticket.started_at is not None:
            continue
        with suppress(errors.ArtifactMissing):  # whoever renders it will meet that, and say so
            if (await requests.read(store, id)).engine is not EngineChoice.AUTO:
                continue
        log.warning("%s waits for a GPU that is gone: the quick engine makes it", id)
        await move(engine, books.line, ticket)
