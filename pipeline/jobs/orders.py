"""The workflow ``order``, on the door's side: line up, announce, show, decide, deliver.

::

    begin ─> line up the render ─> announce ─> wait, and show ─> decide ─┬─> deliver ─> done
                                                                        ├─> fail
                                                                        └─> withdraw

Every decision that the next step depends on is the recorded value of a step, so that a replay
after a crash takes the same way. Steps return what went wrong and do not raise it. Showing
progress is no step: it is cosmetic, never replayed, and always the newest only.

Why everybody gets an answer at once: the queue ``orders`` has no limit and no partitions. An order
is a few waiting coroutines, and how many one owner may have open is counted where it is accepted,
in the transaction that adds its row (``Jobs.submit``). Partitions with one order at a time, the
obvious way to be fair, would keep an owner's second order from saying "2nd in line" until the
first had ended, and an order orphaned by a dead process would block its owner's next.

Why it is fair all the same: the renders stand in one line, sorted by turn. A turn is the time of
the request plus a handicap for every order that its owner had open then, as in start-time fair
queueing (Goyal, Vin, Cheng, SIGCOMM 1996). Nobody starves, and the position is true.

Why the render lines up before the announcement: the first position told is then a real one, and a
Telegram that does not answer keeps nobody's render waiting.

Where the next one goes: a step of an order is a method here and a line in ``run``; what its status
message shows while it waits stands in ``waiting.py``. A change of the order of steps needs a new
``APPLICATION_VERSION`` and a drain.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar, assert_never

from pipeline import errors, metrics
from pipeline.jobs import requests
from pipeline.jobs.engine import Engine
from pipeline.jobs.lanes import Lanes, Start
from pipeline.jobs.names import Making
from pipeline.jobs.patience import patiently
from pipeline.jobs.ports import Books, Door, Requests
from pipeline.jobs.renders import Outcome, failure_of
from pipeline.jobs.sendings import Sendings
from pipeline.jobs.views import Views
from pipeline.jobs.waiting import Waiting
from pipeline.settings import Settings
from pipeline.types import CopyKind, Failure, Job, JobId, JobState, RenderRequest

T = TypeVar("T")

UNANNOUNCED = ""
"""The receipt of an order that was never announced, or of which that is not known."""

log = logging.getLogger(__name__)


class Ending(StrEnum):
    """What is left to do with an order whose render has ended."""

    DELIVER = "deliver"
    FAIL = "fail"
    WITHDRAW = "withdraw"
    DONE = "done"


class OrderWork:
    """The door's side of all jobs."""

    def __init__(
        self,
        *,
        engine: Engine,
        books: Books,
        store: Requests,
        views: Views,
        lanes: Lanes,
        door: Door | None,
        settings: Settings,
    ) -> None:
        self._engine = engine
        self._books = books
        self._rows = books.orders
        self._store = store
        self._views = views
        self._lanes = lanes
        self._door_or_none = door
        self._waiting = Waiting(engine, books.orders, views, door)
        # As long as the video is kept: then there is nothing left to deliver.
        self._limit_s = settings.store.keep_hours * 3600
        self.sendings = Sendings()

    async def run(self, id: JobId, tries: int) -> None:
        """Be the workflow."""
        begun = await self._engine.step("begin", self._begin, id, tries)
        if begun is None:
            return
        start = Start.from_json(begun)
        lined_up = await self._engine.start_render(id, tries, Making.VIDEO, start.lane, start.turn)
        receipt = await self._engine.step("announce", self._announce, id)
        if receipt is None:
            await self._engine.cancel_render(id, tries)
            return
        if start.preview:
            await self._patiently(
                id, "preview", lambda: self._engine.start_preview(id, tries, start.turn)
            )
        outcome = await self._waiting.outcome(id, receipt, lined_up)
        ending = Ending(await self._engine.step("decide", self._decide, id, outcome.to_json()))
        if start.preview:
            await self._end_preview(id, tries)
        if ending is Ending.DELIVER:
            ending = Ending(await self._engine.step("deliver", self._deliver, id, receipt))
        match ending:
            case Ending.DONE:
                return
            case Ending.FAIL:
                await self._engine.step("fail", self._fail, id, receipt)
            case Ending.WITHDRAW:
                await self._engine.step("withdraw", self._withdraw, id, receipt)
            case Ending.DELIVER:
                raise AssertionError("An order that was delivered is delivered no second time.")
            case _:
                assert_never(ending)

    async def run_again(self, id: JobId, attempt: int) -> None:
        """Be the workflow of another delivery, of a video that is stored."""
        log.info("%s is delivered again, attempt %d", id, attempt)
        await self._engine.step("deliver", self._deliver_again, id)

    async def run_copy(self, kind: CopyKind, id: JobId, wish: int) -> None:
        """Be the workflow that sends a finished video once more."""
        await self._engine.step(f"deliver {kind}", self._deliver_copy, kind, id, wish)

    async def give_up(self, id: JobId, failure: Failure) -> None:
        """End an order that has no workflow any more.

        Its owner is told first: the row of an order that is over brings nobody back to it.
        """
        job = await self._rows.find(id)
        if job is None or job.state.is_final:
            return  # it ended well, a moment after somebody looked
        log.error("%s: its workflow ended without it", id)
        receipt = await self._rows.receipt(id) or UNANNOUNCED
        failed = replace(job, failure=failure)
        await self._tell(id, "fail", lambda: self._door.fail(failed, receipt, failure))
        await self._fail_row(id, failure)

    # ----------------------------------------------------------------- the steps

    async def _begin(self, id: JobId, tries: int) -> str | None:
        """Choose the line; None when the order is over or somebody had it made anew."""
        start = await self._patiently(id, "begin", lambda: self._begin_once(id, tries))
        return start.to_json() if start else None

    async def _begin_once(self, id: JobId, tries: int) -> Start | None:
        ticket = await self._books.line.ticket(id)
        if ticket is None or ticket.is_decided or ticket.tries != tries:
            return None
        start = await self._lanes.begin(ticket, await self._request(id))
        await self._books.line.choose_lane(id, start.lane)
        return start

    async def _request(self, id: JobId) -> RenderRequest | None:
        try:
            return await requests.read(self._store, id)
        except errors.ArtifactMissing:
            return None  # whoever renders it will meet that, and say so

    async def _announce(self, id: JobId) -> str | None:
        """Return the receipt, or None when there is nobody to tell or nothing to say any more."""
        try:
            receipt = await self._patiently(id, "announce", lambda: self._announce_once(id))
            if receipt is not None:  # apart: a database that is away has nothing said twice
                await self._patiently(id, "keep", lambda: self._rows.keep_receipt(id, receipt))
        except Exception as e:
            # Whoever cannot be told about an order cannot be sent its video either.
            log.exception("%s cannot be announced", id)
            failure = failure_of(e)
            mine = await self._patiently(id, "give up", lambda: self._fail_row(id, failure))
            if mine and not isinstance(e, errors.BoltiError):  # a bug may keep from this alone
                await self._fail(id, UNANNOUNCED)
            return None
        return receipt

    async def _announce_once(self, id: JobId) -> str | None:
        if (job := await self._rows.find(id)) is None or job.state.is_final:
            return None
        if (receipt := await self._rows.receipt(id)) is not None:
            return receipt  # a crash came before the record of this step
        return await self._door.announce(job, await self._views.standing(id, sure=True))

    async def _decide(self, id: JobId, outcome_json: str) -> str:
        """End the race with a cancellation, in the transaction that moves the row."""
        outcome = Outcome.from_json(outcome_json)
        if (result := outcome.result) is not None:
            mine = await self._patiently(
                id, "decide", lambda: self._rows.start_sending(id, result)
            )
            return Ending.DELIVER if mine else Ending.WITHDRAW
        # Cancelled by somebody who did not ask us? Then at least its owner hears of it.
        failure = outcome.failure or failure_of(errors.JobCancelled("The render was cancelled."))
        mine = await self._patiently(id, "decide", lambda: self._fail_row(id, failure))
        return Ending.FAIL if mine else Ending.WITHDRAW

    async def _deliver(self, id: JobId, receipt: str) -> str:
        job = await self._found(id)
        if job.state.is_final:  # decided before a crash that came before the record of this step
            return Ending.FAIL if job.state is JobState.FAILED else Ending.DONE
        try:
            await self._patiently(
                id, "deliver", lambda: self.sendings.one(self._door.deliver(job, receipt))
            )
        except Exception as e:
            log.exception("%s was not delivered", id)
            failure = failure_of(e)
            await self._patiently(id, "give up", lambda: self._fail_row(id, failure))
            return Ending.FAIL
        await self._patiently(id, "succeed", lambda: self._rows.succeed(id))
        metrics.JOBS_ENDED.labels(state=JobState.SUCCEEDED).inc()
        return Ending.DONE

    async def _deliver_again(self, id: JobId) -> None:
        job = await self._found(id)
        receipt = await self._patiently(id, "receipt", lambda: self._rows.receipt(id)) or ""
        try:
            await self._patiently(
                id, "deliver again", lambda: self.sendings.one(self._door.deliver(job, receipt))
            )
        except Exception as e:
            log.exception("%s was not delivered again", id)
            failure = failure_of(e)
            await self._tell(id, "fail", lambda: self._door.fail(job, receipt, failure))

    async def _deliver_copy(self, kind: CopyKind, id: JobId, wish: int) -> None:
        if (job := await self._rows.find(id)) is None:
            return  # its owner had everything forgotten
        await self._tell(
            id,
            f"deliver {kind}",
            lambda: self.sendings.one(self._door.deliver_copy(job, kind, wish)),
        )

    async def _fail(self, id: JobId, receipt: str) -> None:
        job = await self._found(id)
        assert job.failure is not None
        failure = job.failure
        await self._tell(id, "fail", lambda: self._door.fail(job, receipt, failure))

    async def _withdraw(self, id: JobId, receipt: str) -> None:
        if (job := await self._rows.find(id)) is None:
            return  # its owner had everything forgotten
        await self._tell(id, "withdraw", lambda: self._door.withdraw(job, receipt))

    async def _fail_row(self, id: JobId, failure: Failure) -> bool:
        """End the order as failed; False where it is over already."""
        failed = await self._rows.fail(id, failure)
        if failed:
            metrics.JOBS_ENDED.labels(state=JobState.FAILED).inc()
        return failed

    # ----------------------------------------------------------------- speaking through the door

    async def _tell(self, id: JobId, what: str, act: Callable[[], Awaitable[None]]) -> None:
        """Say the last word about an order; after it, nothing depends on having been heard."""
        try:
            await self._patiently(id, what, act)
        except Exception:
            log.exception("%s: the owner was not told: %s", id, what)

    async def _end_preview(self, id: JobId, tries: int) -> None:
        """Free the quick engine; a preview that is no longer wanted is no error."""
        try:
            await self._engine.cancel_render(id, tries, Making.PREVIEW)
        except errors.StoreError:
            log.warning("%s: its preview goes on", id, exc_info=True)

    async def _found(self, id: JobId) -> Job:
        job = await self._patiently(id, "find", lambda: self._rows.find(id))
        if job is None:
            raise errors.JobNotFound(id)
        return job

    async def _patiently(self, id: JobId, what: str, act: Callable[[], Awaitable[T]]) -> T:
        return await patiently(act, what=f"{id} {what}", limit_s=self._limit_s)

    @property
    def _door(self) -> Door:
        assert self._door_or_none is not None, "Only a process with a door takes orders."
        return self._door_or_none
