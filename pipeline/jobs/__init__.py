"""What must survive a crash: orders, their renders, their deliveries.

``Jobs`` is all that others use, ``Door`` what a door must offer to be spoken through. Behind them:
``engine`` (DBOS), ``orders`` and ``renders`` (the two workflows), ``sweep`` and ``liveness`` (what
becomes of the work of the dead), ``views`` (position and progress), ``ports`` (what is asked of
others).

Importing this package is light: DBOS (one to two seconds) is imported by ``Jobs.launch``, never by
``import pipeline.jobs``. Nothing here knows Telegram, a codec or how a video is made.

Where the next one goes: a verb of a job is a method here; what it changes is a verb of the rows.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline import errors
from pipeline.jobs import requests
from pipeline.jobs.ports import Door, QueueName, RenderFunction, Requests, Rows
from pipeline.settings import Settings
from pipeline.types import Job, JobId, JobState, Owner, Progress, RenderRequest

if TYPE_CHECKING:
    from pipeline.jobs.work import Work

__all__ = ["Door", "Jobs", "QueueName", "RenderFunction"]

HANDICAP_S = 120.0
"""An order counts as if it had come this much later, for each that its owner has open already."""

log = logging.getLogger(__name__)


class Jobs:
    """Accept, show, cancel and deliver jobs.

    ``orders`` are the rows (``pipeline.store.orders.Orders`` on an opened database), ``store`` the
    artifact store, ``render`` what a worker does with a request. One instance per process may be
    launched at a time.
    """

    def __init__(
        self, *, settings: Settings, orders: Rows, store: Requests, render: RenderFunction
    ) -> None:
        self._settings = settings
        self._orders = orders
        self._store = store
        self._render = render
        self._work: Work | None = None
        self.is_stopping = False
        """Whether renders that end now do so because the process does."""

    async def launch(self, *, listen: Sequence[QueueName], door: Door | None) -> None:
        """Start working on these queues, on the running loop; ORDERS need a door.

        Takes up what this executor left unfinished. Imports DBOS and blocks the loop for one to
        two seconds: call it before the loop has other duties. Raises ``ExecutorAlreadyRunning``.
        """
        from pipeline.jobs.work import Work

        if QueueName.ORDERS in listen and door is None:
            raise ValueError("A process that takes orders needs a door to speak through.")
        work = Work(self._settings, self._orders, self._store, self._render, door)
        await work.launch(listen)
        self.is_stopping = False
        self._work = work

    async def close(self) -> None:
        """Stop: wait for deliveries under way, leave the rest for the next start. May be repeated.

        Takes up to ``telegram.drain_s``. Close it before the store and the render child.
        """
        self.is_stopping = True
        work, self._work = self._work, None
        if work is not None:
            await work.close(drain_s=self._settings.telegram.drain_s)

    async def submit(
        self, request: RenderRequest, *, id: JobId, owner: Owner, reply_to: str
    ) -> Job:
        """Accept a request; when this returns, no crash can lose it. Idempotent by id.

        Raises ``TooManyJobs`` and ``DiskFull``. The request is stored first, then the row, then
        the order is enqueued; whoever is interrupted calls again with the same id.
        """
        job = await self._orders.find(id)
        if job is None:
            await self._check_room()
            await self._store.put_bytes(requests.dump(request), requests.request_key(id))
            job = await self._add(id, owner, reply_to)
        if not job.state.is_final:
            await self._launched.engine.start_order(id)
        return job

    async def get(self, id: JobId) -> Job:
        """Return a job; raises ``JobNotFound``."""
        job = await self._orders.find(id)
        if job is None:
            raise errors.JobNotFound(id)
        return job

    async def of_owner(self, owner: Owner, *, unfinished: bool = True) -> list[Job]:
        """List the jobs of one owner, the oldest first."""
        return await self._orders.of_owner(owner, unfinished=unfinished)

    async def position(self, id: JobId) -> int | None:
        """Tell a job's place in the line: 1 is next, None when it is running or final."""
        return await self._launched.views.position(await self.get(id))

    async def progress(self, id: JobId) -> Progress | None:
        """Tell how far a job is; None when it is final."""
        return await self._orders.progress(id)

    async def cancel(self, id: JobId, *, by: Owner) -> bool:
        """Cancel a job of this owner; False if it is final or being sent already.

        After True it is never delivered; a running render ends within two seconds. The door's
        ``withdraw`` is called. Raises ``JobNotFound`` for anybody but the owner.
        """
        cancelled = await self._orders.cancel(id, by=by)
        # A crash may have come between the two halves: a second tap repeats the second one.
        if cancelled or (await self.get(id)).state is JobState.CANCELLED:
            await self._launched.engine.cancel_render(id)
        return cancelled

    async def deliver_again(self, id: JobId, attempt: int) -> None:
        """Start another delivery of a finished job's stored video; once per attempt."""
        await self._launched.engine.start_again(id, attempt)

    async def _add(self, id: JobId, owner: Owner, reply_to: str) -> Job:
        limit = self._settings.jobs.open_per_owner
        try:
            return await self._orders.add(
                id, owner=owner, reply_to=reply_to, limit=limit, handicap_s=HANDICAP_S
            )
        except errors.TooManyJobs:
            await self._store.delete(requests.request_key(id))
            raise

    async def _check_room(self) -> None:
        folder = self._settings.data_dir.resolve()
        room = await asyncio.to_thread(shutil.disk_usage, folder)
        if room.free < self._settings.store.min_free_bytes:
            log.error("No new job is taken: %d bytes are free", room.free)
            raise errors.DiskFull("a new job")

    @property
    def _launched(self) -> Work:
        if self._work is None:
            raise RuntimeError("Jobs.launch() comes first.")
        return self._work
