"""Accepting an order: is there room, may this owner have one more, whose turn is when.

The request is stored before the row, and deleted again when the row is refused. What happens to an
accepted order is not known here.
"""

from __future__ import annotations

import asyncio
import logging
import shutil

from pipeline import errors
from pipeline.jobs import requests
from pipeline.jobs.ports import Books, Measure, Requests
from pipeline.line import LineMode, OpenLimits
from pipeline.settings import Settings
from pipeline.types import Job, JobId, Owner, RenderRequest

HANDICAP_S = 120.0
"""An order counts as if it had come this much later, for each that its owner has open already."""
LENGTH_WEIGHT = 2.0
"""And so many seconds later for each second of its speech: short ones first, within bounds."""

log = logging.getLogger(__name__)


def later_s(own_open: int, speech_s: float | None) -> float:
    """Tell how much later than it came an order takes its turn; the whole rule of the line.

    ``own_open``: how many orders its owner has open already. ``speech_s``: None where unknown.
    """
    return HANDICAP_S * own_open + LENGTH_WEIGHT * (speech_s or 0.0)


class Accepting:
    """Where orders come in."""

    def __init__(
        self, settings: Settings, books: Books, store: Requests, measure: Measure
    ) -> None:
        self._settings, self._books, self._store = settings, books, store
        self._measure = measure

    async def accept(
        self, request: RenderRequest, id: JobId, owner: Owner, reply_to: str, limit: int | None
    ) -> Job:
        """Store the request and add its row.

        Raises ``TooManyJobs``, ``LineFull``, ``IntakeClosed``, ``DiskFull``.
        """
        await self._check_room()
        await self._store.put_bytes(requests.dump(request), requests.request_key(id))
        return await self._add(request, id, owner, reply_to, limit)

    async def _add(
        self,
        request: RenderRequest,
        id: JobId,
        owner: Owner,
        reply_to: str,
        limit: int | None,
    ) -> Job:
        settings = self._settings.jobs
        speech_s = self._measure(request)
        try:
            line = await self._books.line.mode()
            if line.mode is LineMode.DRAINING:
                raise errors.UnderMaintenance(line.note) if line.note else errors.IntakeClosed
            return await self._books.orders.add(
                id,
                owner=owner,
                reply_to=reply_to,
                limits=OpenLimits(
                    owner=limit or settings.open_per_owner,
                    total=settings.open_in_all,
                ),
                speech_s=speech_s,
                later_s=lambda own_open: later_s(own_open, speech_s),
            )
        except errors.JobError:
            await self._store.delete(requests.request_key(id))
            raise

    async def _check_room(self) -> None:
        room = await asyncio.to_thread(shutil.disk_usage, self._settings.data_dir)
        if room.free < self._settings.store.min_free_bytes:
            log.error("No new job is taken: %d bytes are free", room.free)
            raise errors.DiskFull("a new job")
