"""The workflow ``render``, on the worker's side: one step around a function that it is given.

The step is the unit that is recorded: once it has ended it is never made again. A cancelled
workflow cancels the step within a second, and with it whatever the function holds. What came out
is a value, never an exception: what is raised would be pickled into the database, words and all.

Progress is a column of the order's row, the newest value only, at most once a second. A stream of
DBOS would keep a row for every value and tell nothing more.

A preview is made by a step of its own, once, for the queue of the quick engine; it is laid beside
the order, whose workflow shows it.

Where the next one goes: a stage of the making belongs into ``pipeline/render.py``; here stand only
retries, limits and bookkeeping.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, assert_never

from pydantic import TypeAdapter

from pipeline import errors, metrics
from pipeline.jobs import requests
from pipeline.jobs.counting import Degraded, count_degraded, count_video
from pipeline.jobs.engine import Engine
from pipeline.jobs.names import Making
from pipeline.jobs.patience import patiently
from pipeline.jobs.ports import Books, RenderFunction, Requests, Rows
from pipeline.settings import Settings
from pipeline.stopwatch import Watch
from pipeline.types import Failure, JobId, Progress, RenderResult, Stage

PROGRESS_INTERVAL_S = 1.0
RETRY_PAUSE_S = 1.0
SLACK_S = 300.0
"""What fetching and storing may take beside the limits of the stages."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a render: a result, a failure, or neither when it was cancelled."""

    result: RenderResult | None = None
    failure: Failure | None = None

    def to_json(self) -> str:
        """Turn it into what the engine records."""
        return _OUTCOME.dump_json(self).decode()

    @staticmethod
    def from_json(text: str) -> Outcome:
        """Read what the engine recorded."""
        return _OUTCOME.validate_json(text)


_OUTCOME: Final = TypeAdapter(Outcome)


def failure_of(error: Exception) -> Failure:
    """Say why a job has no video; any error that is not of our tree is a bug of ours."""
    if isinstance(error, errors.BoltiError):
        return Failure(
            code=error.code,
            detail=str(error),
            retryable=error.retryable,
            values=error.values(),
        )
    return Failure(code="internal", detail=type(error).__name__, retryable=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """How long a render took here, until that is noted: in all, and each stage of its last try."""

    s: float
    stages_s: Mapping[Stage, float]


class Renders:
    """The worker's side of all jobs."""

    def __init__(
        self,
        *,
        engine: Engine,
        books: Books,
        store: Requests,
        render: RenderFunction,
        settings: Settings,
    ) -> None:
        self._engine = engine
        self._books = books
        self._rows = books.orders
        self._store = store
        self._render = render
        self._attempts = settings.jobs.attempts
        stages = (settings.speech.limit_s, settings.portrait.limit_s, settings.lipsync.limit_s)
        self._limit_s = sum(stages) + SLACK_S
        self.at_work: JobId | None = None
        """What this process renders now."""
        self._taken: dict[JobId, _Taken] = {}

    async def run(self, id: JobId, making: Making) -> str:
        """Be the workflow: return the outcome as JSON."""
        match making:
            case Making.VIDEO:
                outcome = await self._engine.step("make", self._make, id, preemptible=True)
                await self._note(id, Outcome.from_json(outcome))
                return outcome
            case Making.PREVIEW:
                return await self._engine.step("sketch", self._sketch, id, preemptible=True)
            case _:
                assert_never(making)

    async def _make(self, id: JobId) -> str:
        started = await patiently(
            lambda: self._rows.start(id, by=self._engine.executor),
            what=f"start {id}",
            limit_s=self._limit_s,
        )
        if not started:
            return Outcome().to_json()
        self.at_work, began_s = id, time.monotonic()
        stages_s: dict[Stage, float] = {}
        try:
            with metrics.RENDERS_RUNNING.track_inprogress():
                outcome = await self._try_all(id, stages_s)
        finally:
            self.at_work = None
        self._taken[id] = _Taken(s=time.monotonic() - began_s, stages_s=stages_s)
        return outcome.to_json()

    async def _note(self, id: JobId, outcome: Outcome) -> None:
        """Remember how it went, after the step is recorded: nothing may come between.

        What is lost of that in a crash is lost.
        """
        if (taken := self._taken.pop(id, None)) is None:
            return  # made before a crash, by another process perhaps
        code = "ok"
        if outcome.failure is not None:  # the times of a video stand in its result
            stages = (f"{stage} {s:.1f} s" for stage, s in taken.stages_s.items())
            code = ", ".join([outcome.failure.code, *stages])
        log.info("%s rendered: %s", id, code)
        try:
            await self._books.history.note(id, f"rendered: {code}", self._engine.executor)
            if (job := await self._rows.find(id)) is not None:
                waited = datetime.now(UTC) - job.created_at
                metrics.QUEUE_WAIT_S.observe(max(0.0, waited.total_seconds() - taken.s))
            if (made := outcome.result) is not None:
                count_video(made, taken.s)
                await self._books.paces.add(
                    made.made_by,
                    speech_s=made.duration_s,
                    took_s=taken.s,
                    executor=self._engine.executor,
                )
        except errors.StoreError as e:
            log.warning("%s: not remembered: %s", id, e.code)

    async def _sketch(self, id: JobId) -> str:
        """Make the preview: one try, and nobody hears of it when it fails."""
        ticket = await self._books.line.ticket(id)
        if ticket is None or ticket.is_decided:
            return Outcome().to_json()
        try:
            request = replace(await requests.read(self._store, id), preview=True)
            async with asyncio.timeout(self._limit_s):
                preview = await self._render(request, id, lambda _: None)
            await self._books.line.keep_preview(id, preview)
            await self._note_preview(id)
        except (errors.BoltiError, TimeoutError) as e:
            log.warning("%s has no preview: %s", id, type(e).__name__)
            failure = failure_of(e)
            metrics.RENDERS.labels(making=Making.PREVIEW, code=failure.code).inc()
            return Outcome(failure=failure).to_json()
        return Outcome(result=preview).to_json()

    async def _note_preview(self, id: JobId) -> None:
        metrics.RENDERS.labels(making=Making.PREVIEW, code="ok").inc()
        if (job := await self._rows.find(id)) is not None:
            metrics.PREVIEW_S.observe((datetime.now(UTC) - job.created_at).total_seconds())

    async def _try_all(self, id: JobId, stages_s: dict[Stage, float]) -> Outcome:
        for attempt in range(1, self._attempts + 1):
            try:
                result = await self._try(id, stages_s)
            except errors.BoltiError as e:
                failure = failure_of(e)
                metrics.RENDERS.labels(making=Making.VIDEO, code=e.code).inc()
                if isinstance(e, errors.MemoryExhausted):
                    count_degraded(Degraded.REFUSED)
                if not e.retryable:
                    break
                log.warning("%s, attempt %d of %d: %s", id, attempt, self._attempts, e.code)
                await asyncio.sleep(RETRY_PAUSE_S if attempt < self._attempts else 0)
            except Exception as e:
                # A bug ends its job, loudly, once. Its text may hold the words of somebody.
                where = "".join(traceback.format_tb(e.__traceback__))
                log.error("%s: a bug, %s\n%s", id, type(e).__name__, where)  # noqa: TRY400
                failure = failure_of(e)
                metrics.RENDERS.labels(making=Making.VIDEO, code=failure.code).inc()
                break
            else:
                metrics.RENDERS.labels(making=Making.VIDEO, code="ok").inc()
                return Outcome(result=result)
        return Outcome(failure=failure)

    async def _try(self, id: JobId, stages_s: dict[Stage, float]) -> RenderResult:
        request = await requests.read(self._store, id)
        news = _News(self._rows, id)
        reporter, watch = asyncio.create_task(news.report()), Watch(news.tell)
        try:
            async with asyncio.timeout(self._limit_s) as limit:
                return await self._render(request, id, watch)
        except TimeoutError as e:
            if limit.expired():
                raise errors.ChildTimedOut("render", self._limit_s) from e
            raise
        finally:
            stages_s.clear()
            stages_s.update(watch.end())
            for stage, took_s in stages_s.items():
                metrics.STAGE_S.labels(stage=stage).observe(took_s)
            reporter.cancel()
            await asyncio.wait({reporter})


class _News:
    """The newest progress of one render, written at most once per interval."""

    def __init__(self, rows: Rows, id: JobId) -> None:
        self._rows, self._id = rows, id
        self._loop = asyncio.get_running_loop()
        self._newest: Progress | None = None
        self._is_there = asyncio.Event()

    def tell(self, progress: Progress) -> None:
        """Take the newest value; from any thread."""
        self._newest = progress
        self._loop.call_soon_threadsafe(self._is_there.set)

    async def report(self) -> None:
        """Write what is new until cancelled."""
        while True:
            await self._is_there.wait()
            self._is_there.clear()
            newest = self._newest
            assert newest is not None
            try:
                await self._rows.report(self._id, newest)
            except errors.StoreError as e:  # cosmetic: the next value is better anyway
                log.warning("%s: progress not stored: %s", self._id, e.code)
            await asyncio.sleep(PROGRESS_INTERVAL_S)
