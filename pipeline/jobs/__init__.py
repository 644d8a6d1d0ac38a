"""What must survive a crash: orders, their renders, their deliveries.

``Jobs`` is all that others use, ``Door`` what a door must offer to be spoken through. Behind them:
``engine`` (DBOS), ``orders`` and ``renders`` (the two workflows), ``sweep`` and ``liveness`` (what
becomes of the work of the dead), ``lanes`` (who renders with what), ``views`` and ``estimates``
(position, progress, time), ``ports`` (what is asked of others).

Importing this package is light: DBOS (one to two seconds) is imported by ``Jobs.launch``, never by
``import pipeline.jobs``. Nothing here knows Telegram, a codec or how a video is made.

Where the next one goes: a verb of a job is a method here; what it changes is a verb of the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline import errors, logs, metrics
from pipeline.jobs import requests
from pipeline.jobs.accepting import Accepting
from pipeline.jobs.detour import ask_for_quick, move
from pipeline.jobs.names import Making
from pipeline.jobs.ports import (
    Books,
    Door,
    Measure,
    QueueName,
    RenderFunction,
    Requests,
    queue_of,
)
from pipeline.line import Event, LineMode, LineRow, Pace, Standing, WorkerCard
from pipeline.settings import Settings
from pipeline.types import (
    CopyKind,
    EngineChoice,
    EngineName,
    Job,
    JobId,
    JobState,
    Owner,
    Progress,
    RenderRequest,
    RenderResult,
)

if TYPE_CHECKING:
    from pipeline.jobs.work import Work

__all__ = ["Books", "Door", "Jobs", "Measure", "QueueName", "RenderFunction", "queue_of"]

RECENT = 100
log = logging.getLogger(__name__)


class Jobs:
    """Accept, show, cancel and deliver jobs.

    ``books`` are the rows (``pipeline.records.books_on`` an opened database), ``store`` the
    artifact store, ``render`` what a worker does with a request, ``measure`` says how long the
    speech of a request will be. One instance per process may be launched at a time.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        books: Books,
        store: Requests,
        render: RenderFunction,
        measure: Measure = lambda _: None,
    ) -> None:
        self._settings = settings
        self._books = books
        self._orders = books.orders
        self._store = store
        self._render = render
        self._accepting = Accepting(settings, books, store, measure)
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
        work = Work(self._settings, self._books, self._store, self._render, door)
        await work.launch(listen)
        self.is_stopping = False
        self._work = work

    @property
    def is_launched(self) -> bool:
        """Tell whether this process works on its queues."""
        return self._work is not None and not self._work.lost.is_set()

    async def close(self) -> None:
        """Stop: wait for deliveries under way, leave the rest for the next start. May be repeated.

        Takes up to ``telegram.drain_s``. Close it before the store and the render child.
        """
        self.is_stopping = True
        work, self._work = self._work, None
        if work is not None:
            await work.close(drain_s=self._settings.telegram.drain_s)

    async def until_lost(self) -> None:
        """Wait until another process took this one's name, after a time without the database.

        Then no more work is done here, and the process should end.
        """
        await self._launched.lost.wait()

    async def submit(
        self,
        request: RenderRequest,
        *,
        id: JobId,
        owner: Owner,
        reply_to: str,
        limit: int | None = None,
    ) -> Job:
        """Accept a request; when this returns, no crash can lose it. Idempotent by id.

        ``limit`` is how many open jobs this owner may have (None: as the settings say). Raises
        ``TooManyJobs``, ``LineFull``, ``IntakeClosed`` and ``DiskFull``. The request is stored
        first, then the row, then the order is enqueued; whoever is interrupted calls again with
        the same id.
        """
        with logs.about(id):
            job, tries = await self._orders.find(id), 0
            if job is None:
                job = await self._accepting.accept(request, id, owner, reply_to, limit)
                metrics.JOBS_ACCEPTED.labels(script=request.script.kind).inc()
            elif (ticket := await self._books.line.ticket(id)) is not None:
                tries = ticket.tries
            if not job.state.is_final:
                await self._launched.engine.start_order(id, tries)
            return job

    async def get(self, id: JobId) -> Job:
        """Return a job; raises ``JobNotFound``."""
        job = await self._orders.find(id)
        if job is None:
            raise errors.JobNotFound(id)
        return job

    async def request(self, id: JobId) -> RenderRequest:
        """Return what was asked for; raises ``ArtifactMissing`` once that is deleted."""
        return requests.load(await self._store.read(requests.request_key(id)))

    async def of_owner(self, owner: Owner, *, unfinished: bool = True) -> list[Job]:
        """List the jobs of one owner, the oldest first."""
        return await self._orders.of_owner(owner, unfinished=unfinished)

    async def standing(self, id: JobId) -> Standing:
        """Tell where a job is, its place in the line and when its video may be there.

        Of an order in the line, what was seen within the last second.
        """
        views = self._launched.views
        if await views.ticket(id) is None:
            await self.get(id)
        return await views.standing(id, sure=True)

    async def position(self, id: JobId) -> int | None:
        """Tell a job's place in the line: 1 is next, None when it is running or final."""
        return (await self.standing(id)).position

    async def progress(self, id: JobId) -> Progress | None:
        """Tell how far a job is; None when it is final."""
        return await self._orders.progress(id)

    async def timeline(self, id: JobId) -> list[Event]:
        """List what happened to a job and by whom, the oldest first."""
        return await self._books.history.of(id)

    async def unfinished(self) -> list[Job]:
        """List everybody's open jobs, the oldest first."""
        return await self._orders.unfinished()

    async def workers(self) -> list[WorkerCard]:
        """List the processes that render or did, and whether they live."""
        return await self._launched.views.workers()

    async def lane_of(self, choice: EngineChoice) -> EngineName:
        """Tell which engine's line an order with this choice would join just now."""
        return await self._launched.lanes.choose(choice)

    async def paces(self) -> dict[EngineName, Pace]:
        """Tell how quick each engine was here lately."""
        return await self._books.paces.recent()

    async def worker_paces(self) -> dict[str, Pace]:
        """Tell how quick each worker was lately, by its name."""
        return await self._books.paces.of_workers()

    async def recent_results(self, limit: int = RECENT) -> list[RenderResult]:
        """List what the newest jobs that went well were made into, for their times."""
        return await self._orders.recent_results(limit)

    async def cancel(self, id: JobId, *, by: Owner, entitled: bool = False) -> bool:
        """Cancel a job of this owner; False if it is final or being sent already.

        ``entitled``: the door knows that this person may cancel other people's jobs; who it was
        stands in the timeline. After True it is never delivered; a running render ends within
        two seconds. The door's ``withdraw`` is called. Raises ``JobNotFound`` for anybody else.
        """
        cancelled = await self._orders.cancel(id, by=by, entitled=entitled)
        if cancelled:
            metrics.JOBS_ENDED.labels(state=JobState.CANCELLED).inc()
        # A crash may have come between the two halves: a second tap repeats the second one.
        if cancelled or (await self.get(id)).state is JobState.CANCELLED:
            ticket = await self._books.line.ticket(id)
            tries = ticket.tries if ticket else 0
            for making in Making:
                await self._launched.engine.cancel_render(id, tries, making)
        return cancelled

    async def retry(self, id: JobId, *, by: Owner) -> bool:
        """Have a failed or cancelled job made anew, from its stored request; False for others.

        For those whom the door entitles; who it was stands in the timeline. Raises
        ``JobNotFound``, and ``ArtifactMissing`` when its request is no longer kept.
        """
        job = await self.get(id)
        await self._store.read(requests.request_key(id))
        if job.state.is_final and await self._books.line.reopen(id, by=by):
            job = await self.get(id)
        ticket = await self._books.line.ticket(id)
        if ticket is None or job.state.is_final or not ticket.tries:
            return False
        # A crash may have come before this: asking again starts the same try, once.
        await self._launched.engine.start_order(id, ticket.tries)
        return True

    async def make_quickly(self, id: JobId, *, by: Owner) -> bool:
        """Have the quick engine make an order that waits for another one, or failed with it.

        False when it is being made or is made. Raises as ``retry`` does.
        """
        job, ticket = await self.get(id), await self._books.line.ticket(id)
        if job.state is JobState.FAILED:
            await ask_for_quick(self._store, id)
            return await self.retry(id, by=by)
        if ticket is None or job.state.is_final or ticket.started_at is not None:
            return False
        await ask_for_quick(self._store, id)
        self._launched.views.forget()
        return await move(self._launched.engine, self._books.line, ticket)

    async def mode(self) -> LineRow:
        """Tell whether the line is open, paused or draining, and who set that when."""
        return await self._books.line.mode()

    async def pause(self, *, by: Owner) -> None:
        """Let no render start, on any machine, until ``resume``; orders are still accepted.

        What runs is finished. Takes effect within ``jobs.poll_s``; outlives restarts.
        """
        await self._set_mode(LineMode.PAUSED, by)

    async def drain(self, *, by: Owner, note: str = "") -> None:
        """Make what is in line, and accept nothing until ``resume``; who asks is told ``note``."""
        await self._set_mode(LineMode.DRAINING, by, note)

    async def resume(self, *, by: Owner) -> None:
        """Open the line again."""
        await self._set_mode(LineMode.OPEN, by)

    async def deliver_again(self, id: JobId, attempt: int) -> None:
        """Start another delivery of a finished job's stored video; once per attempt."""
        await self._launched.engine.start_again(id, attempt)

    async def deliver_copy(self, id: JobId, kind: CopyKind, wish: int) -> None:
        """Start sending a finished job's video once more; once per kind and wish."""
        await self._launched.engine.start_copy(id, kind, wish)

    async def _set_mode(self, mode: LineMode, by: Owner, note: str = "") -> None:
        await self._books.line.set_mode(mode, by, note)
        log.warning("The line is %s now, by %s", mode, by)
        # Now, and not at the next sweep, which would do it too.
        await self._launched.engine.hold_renders(mode is LineMode.PAUSED)
        self._launched.views.forget()

    @property
    def _launched(self) -> Work:
        if self._work is None:
            raise RuntimeError("Jobs.launch() comes first.")
        return self._work
