"""How an order waits for its render, and what its status message shows meanwhile.

Showing is no step: it is cosmetic, never replayed, always the newest only, and nothing that goes
wrong with it ends an order. The preview is shown the same way: the door lays it into the status
message, so that doing it again after a crash shows nothing twice.

Where the next one goes: another thing to show while somebody waits is a line in ``_show_once``.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from typing import Any

from pipeline import errors, logs
from pipeline.jobs.engine import Engine
from pipeline.jobs.patience import patiently
from pipeline.jobs.ports import Door, Rows
from pipeline.jobs.renders import Outcome, failure_of
from pipeline.jobs.views import Views
from pipeline.line import Standing
from pipeline.types import JobId

SHOW_LIMIT_S = 5.0
"""How long an edit under way may take to end before the next word about the order."""
PREVIEW_TRIES = 3
ASK_LIMIT_S = 24 * 3600.0

log = logging.getLogger(__name__)


class Waiting:
    """Waits with whoever ordered."""

    def __init__(self, engine: Engine, rows: Rows, views: Views, door: Door | None) -> None:
        self._engine, self._rows, self._views = engine, rows, views
        self._door = door

    async def outcome(self, id: JobId, receipt: str, render: Any) -> Outcome:
        """Wait until a render ends, and keep the status message up to date."""
        stop = asyncio.Event()
        # In an empty context, or what it reads would be recorded as steps of this workflow.
        show = asyncio.create_task(self._show(id, receipt, stop), context=contextvars.Context())
        try:
            outcome = await self._rendered(id, render)
            stop.set()
            await asyncio.wait({show}, timeout=SHOW_LIMIT_S)
            return outcome
        finally:
            show.cancel()
            await asyncio.gather(show, return_exceptions=True)

    async def _rendered(self, id: JobId, render: Any) -> Outcome:
        try:
            await self._taken(id)
            recorded = await self._engine.rendered(render)
        except Exception as e:
            log.exception("%s: the render ended without an outcome", id)
            return Outcome(failure=failure_of(e))
        return Outcome() if recorded is None else Outcome.from_json(recorded)

    async def _taken(self, id: JobId) -> None:
        """Wait while it stands in line: looking at the line costs one query for all who wait."""

        async def look() -> int | None:
            return await self._views.place(id, sure=True)

        while await patiently(look, what=f"{id} wait", limit_s=ASK_LIMIT_S) is not None:  # noqa: ASYNC110  in the database
            await asyncio.sleep(self._views.fresh_s)

    async def _show(self, id: JobId, receipt: str, stop: asyncio.Event) -> None:
        with logs.about(id):  # its context is empty
            await self._keep_showing(id, receipt, stop)

    async def _keep_showing(self, id: JobId, receipt: str, stop: asyncio.Event) -> None:
        shown: Standing | None = None
        has_preview, tries_left = False, PREVIEW_TRIES
        while not stop.is_set():
            try:
                shown = await self._show_standing(id, receipt, shown)
                if not has_preview and tries_left:
                    has_preview = await self._show_preview(id, receipt, stop)
            except errors.DeliveryDelayed as e:
                tries_left -= 1
                log.info("%s: preview not shown yet: %s", id, e)
            except Exception:
                # Cosmetic: whatever is wrong with it must not end the order.
                log.warning("%s: progress not shown", id, exc_info=True)
            await _wait(stop, self._views.fresh_s)

    async def _show_standing(self, id: JobId, receipt: str, shown: Standing | None) -> Standing:
        standing, ticket = await self._views.standing(id), await self._views.ticket(id)
        if ticket is None or ticket.is_decided:
            return standing  # its last word is somebody else's: sending, cancelled, failed
        if standing != shown and self._door and (job := await self._rows.find(id)):
            await self._door.show(job, receipt, standing)
        return standing

    async def _show_preview(self, id: JobId, receipt: str, stop: asyncio.Event) -> bool:
        ticket = await self._views.ticket(id)
        if ticket is None or ticket.preview is None or ticket.is_decided or stop.is_set():
            return False
        if self._door and (job := await self._rows.find(id)):
            await self._door.show_preview(job, receipt, ticket.preview)
        return True


async def _wait(stop: asyncio.Event, limit_s: float) -> None:
    try:
        async with asyncio.timeout(limit_s):
            await stop.wait()
    except TimeoutError:
        return
