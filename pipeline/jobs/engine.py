"""DBOS, set up once per process: database, executor id, queues, the liveness lock, recovery.

The sole importer of ``dbos``. It offers the few verbs that the workflows and ``Jobs`` need and
keeps DBOS's own manners away from the rest: its console log, its thread pool, its habit to record
a call as a step of whatever workflow happens to surround it. It knows no order and no render.

DBOS keeps one registry per process, so one engine may be open at a time. ``application_version``
is pinned: by default it is a hash of the source, and any edit would strand every queued job. Raise
it only when old jobs cannot go on with the new steps, and drain first.

Where the next one goes: a queue is a ``QueueName`` and a line in ``_register_queues``; a workflow
a line in ``launch``.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, TypeVar

from dbos import (
    DBOS,
    DBOSConfig,
    SetEnqueueOptions,
    SetWorkflowID,
    WorkflowHandleAsync,
    WorkflowStatus,
)
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from pipeline import errors
from pipeline.jobs.liveness import create as create_liveness
from pipeline.jobs.ports import QueueName
from pipeline.jobs.sqlite_clock import give_clock
from pipeline.settings import Settings
from pipeline.types import JobId

T = TypeVar("T")
Body = Callable[[JobId], Awaitable[Any]]

APPLICATION_VERSION = "1"
ORDER_RECOVERIES = 1_000
"""How often an order may be taken up again: it only waits and speaks, and must end well."""
RENDER_RECOVERIES = 4
"""How often a render may be taken up after its process died: then the job itself is the poison."""
ASK_LIMIT_S = 30.0
"""Longest wait for the database when somebody outside a workflow asks."""
CLOSE_LIMIT_S = 5.0
ACQUIRE_TRIES = 6
ACQUIRE_PAUSE_S = 0.2

log = logging.getLogger(__name__)


class Engine:
    """The running job engine of this process."""

    _open: ClassVar[bool] = False

    def __init__(self, settings: Settings) -> None:
        self.executor = settings.jobs.executor
        self._url = settings.database_url
        self._poll_s = settings.jobs.poll_s
        self.liveness = create_liveness(self._url)
        self._running: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._launched = False

    async def launch(
        self, *, listen: Sequence[QueueName], order: Body, again: Body, render: Body
    ) -> None:
        """Start working on these queues, on the running loop.

        Blocks the loop for about a second. Raises ``ExecutorAlreadyRunning``.
        """
        await self._acquire()
        try:
            self._configure()
            self._order = self._workflow("order", order, ORDER_RECOVERIES)
            self._again = self._workflow("again", again, ORDER_RECOVERIES)
            self._render = self._workflow("render", render, RENDER_RECOVERIES)
            DBOS.listen_queues([str(name) for name in listen])
            DBOS.launch()
            await self._register_queues()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop; what was running is taken up again at the next start. Safe to repeat."""
        self._closing = True
        try:
            if self._launched:
                for task in self._running:
                    task.cancel()
                if self._running:
                    await asyncio.wait(self._running, timeout=CLOSE_LIMIT_S)
                await self._destroy()
        finally:
            await asyncio.to_thread(self.liveness.release)

    # ----------------------------------------------------------------- inside a workflow

    async def step(
        self, name: str, act: Callable[..., Awaitable[T]], *args: Any, preemptible: bool = False
    ) -> T:
        """Run a step: its value is recorded, and not made again after a crash.

        It should return what went wrong and not raise it: what is raised is pickled.
        """
        step: Callable[..., Coroutine[Any, Any, T]] = act  # type: ignore[assignment]
        return await DBOS.run_step_async({"name": name, "preemptible": preemptible}, step, *args)

    async def start_render(self, id: JobId, turn: int) -> WorkflowHandleAsync[str]:
        """Put the render of an order on its queue; lower turns go first."""
        with SetWorkflowID(render_id(id)), SetEnqueueOptions(priority=turn):
            return await DBOS.enqueue_workflow_async(QueueName.RENDERS, self._render, id)

    async def rendered(self, handle: WorkflowHandleAsync[str]) -> str | None:
        """Wait for a render; None when it was cancelled.

        Raises ``ChildDied`` when its processes died with it again and again.
        """
        try:
            return await handle.get_result(polling_interval_sec=self._poll_s)
        except dbos_error.DBOSAwaitedWorkflowCancelledError:
            return None
        except dbos_error.DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded as e:
            raise errors.ChildDied("render", None) from e

    # ----------------------------------------------------------------- from anywhere

    async def start_order(self, id: JobId) -> None:
        """Put an order on its queue; a second time nothing happens."""
        await self._ask(self._enqueue_order(id, self._order, id))

    async def start_again(self, id: JobId, attempt: int) -> None:
        """Put another delivery of an order on its queue; once per attempt."""
        await self._ask(self._enqueue_order(f"{id}-again-{attempt}", self._again, id))

    async def cancel_render(self, id: JobId) -> None:
        """Cancel a render, queued or running; one that is not there is fine."""
        await self._ask(DBOS.cancel_workflow_async(render_id(id)))

    async def line(self) -> list[JobId]:
        """List the orders whose renders wait, next first."""
        waiting = await self._ask(
            DBOS.list_queued_workflows_async(
                queue_name=QueueName.RENDERS, status="ENQUEUED", load_input=False
            )
        )
        waiting.sort(key=lambda w: (w.priority or 0, w.created_at or 0, w.workflow_id))
        return [JobId(w.workflow_id.removesuffix(_RENDER)) for w in waiting]

    async def is_render_known(self, id: JobId) -> bool:
        """Tell whether the render of an order was ever enqueued."""
        return await self._status(render_id(id)) is not None

    async def is_order_lost(self, id: JobId) -> bool | None:
        """Tell whether the workflow of an order ended by itself; None if it never began."""
        status = await self._status(id)
        if status is None:
            return None
        return status.status not in ("ENQUEUED", "DELAYED", "PENDING")

    async def others_at_work(self) -> set[str]:
        """List the other executors that have, or had, work in hand."""
        pending = await self._ask(
            DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        )
        return {w.executor_id for w in pending if w.executor_id} - {self.executor}

    async def recover_if_dead(self, executor: str) -> int:
        """Put the work of an executor back on its queues if it is dead; tell how much."""
        return await asyncio.to_thread(self._recover_if_dead, executor)

    # -----------------------------------------------------------------

    def _recover_if_dead(self, executor: str) -> int:
        with self.liveness.if_dead(executor) as dead:
            # The one private call: recovery without the vendor's paid service has no other name.
            # tests/integration/test_jobs_crash.py holds it.
            return len(DBOS._recover_pending_workflows([executor])) if dead else 0

    async def _enqueue_order(self, id: str, workflow: Any, job_id: JobId) -> None:
        with SetWorkflowID(id):
            await DBOS.enqueue_workflow_async(QueueName.ORDERS, workflow, job_id)

    async def _status(self, id: str) -> WorkflowStatus | None:
        return await self._ask(DBOS.get_workflow_status_async(id))

    async def _ask(self, call: Coroutine[Any, Any, T]) -> T:
        # In an empty context: DBOS would record the call as a step of a surrounding workflow,
        # and a replay that does not make the same calls would fail.
        task = asyncio.create_task(call, context=contextvars.Context())
        try:
            async with asyncio.timeout(ASK_LIMIT_S):
                return await task
        except TimeoutError as e:
            raise errors.StoreUnavailable(f"no answer within {ASK_LIMIT_S:.0f} s") from e
        except (SQLAlchemyError, dbos_error.DBOSException) as e:
            raise errors.StoreUnavailable(type(e).__name__) from e

    def _workflow(self, name: str, body: Body, recoveries: int) -> Any:
        async def tracked(job_id: str) -> Any:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            if self._closing:  # dequeued at the last moment: left for the next start
                raise asyncio.CancelledError
            return await body(JobId(job_id))

        return DBOS.workflow(name=name, max_recovery_attempts=recoveries)(tracked)

    async def _acquire(self) -> None:
        """Take the liveness lock, in a few tries: a sweep elsewhere may hold it for a moment."""
        for _ in range(ACQUIRE_TRIES - 1):
            try:
                return await asyncio.to_thread(self.liveness.acquire, self.executor)
            except errors.ExecutorAlreadyRunning:
                await asyncio.sleep(ACQUIRE_PAUSE_S)
        return await asyncio.to_thread(self.liveness.acquire, self.executor)

    def _configure(self) -> None:
        if Engine._open:
            raise RuntimeError("DBOS is one per process, and another engine is open.")
        Engine._open = self._launched = True
        config: DBOSConfig = {
            "name": "bolti",
            "system_database_url": self._url,
            "executor_id": self.executor,
            "application_version": APPLICATION_VERSION,
            "enable_otlp": False,
            "log_level": "ERROR",
        }
        give_clock()
        DBOS(config=config)
        # DBOS writes to the console by itself; our handlers write, and redact, everything.
        noisy = logging.getLogger("dbos")
        noisy.handlers.clear()
        noisy.propagate = True
        noisy.addFilter(_is_no_cancellation)

    async def _register_queues(self) -> None:
        for name, at_once in ((QueueName.ORDERS, None), (QueueName.RENDERS, 1)):
            await DBOS.register_queue_async(
                name,
                worker_concurrency=at_once,
                polling_interval_sec=self._poll_s,
                on_conflict="always_update",
            )

    async def _destroy(self) -> None:
        loop = asyncio.get_running_loop()
        # DBOS made its own pool the loop's default and is about to close it.
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="bolti"))
        # In a thread: its queue threads may be waiting for this very loop.
        try:
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        finally:
            Engine._open = self._launched = False


_RENDER = "-render"


def render_id(id: JobId) -> str:
    """Name the workflow that renders an order."""
    return f"{id}{_RENDER}"


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    # A cancelled render is no error, but DBOS logs one, with a traceback.
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, dbos_error.DBOSAwaitedWorkflowCancelledError)
