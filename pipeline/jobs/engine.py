"""The running job engine: queues, workflows, the liveness lock, recovery.

With ``runtime`` the sole importer of ``dbos``; it offers the few verbs that the workflows and
``Jobs`` need. It knows no order and no render. ``APPLICATION_VERSION`` is pinned: by default it is
a hash of the source, and any edit would strand every queued job. Raise it only when old jobs
cannot go on with the new steps, and drain first (``Jobs.drain``).

Where the next one goes: a queue is a ``QueueName``; a workflow a line in ``launch``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID, WorkflowHandleAsync, WorkflowStatus
from dbos import error as dbos_error

from pipeline import errors, logs
from pipeline.jobs.liveness import create as create_liveness
from pipeline.jobs.names import Making, order_name, render_name
from pipeline.jobs.ports import QueueName, queue_of
from pipeline.jobs.runtime import Runtime, ask
from pipeline.jobs.sqlite_index import give_index
from pipeline.settings import Settings
from pipeline.types import CopyKind, EngineName, JobId

T = TypeVar("T")
OrderBody = Callable[[JobId, int], Awaitable[Any]]
"""Given an order and its try."""
CopyBody = Callable[[CopyKind, JobId, int], Awaitable[Any]]
"""Given how it is sent, an order and the wish."""
RenderBody = Callable[[JobId, Making], Awaitable[Any]]

ORDER_RECOVERIES = 1_000
"""How often an order may be taken up again: it only waits and speaks, and must end well."""
RENDER_RECOVERIES = 4
"""How often a render may be taken up after its process died: then the job itself is the poison."""
CLOSE_LIMIT_S = 5.0
ACQUIRE_TRIES = 6
ACQUIRE_PAUSE_S = 0.2

log = logging.getLogger(__name__)


class Engine:
    """The running job engine of this process."""

    def __init__(self, settings: Settings) -> None:
        self.executor = settings.jobs.executor
        self._url = settings.database_url
        self._poll_s = settings.jobs.poll_s
        self.liveness = create_liveness(self._url)
        self._running: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._runtime = Runtime()

    async def launch(
        self,
        *,
        listen: Sequence[QueueName],
        order: OrderBody,
        again: OrderBody,
        copy: CopyBody,
        render: RenderBody,
        is_paused: bool = False,
    ) -> None:
        """Start working on these queues, on the running loop.

        Blocks the loop for about a second. Raises ``ExecutorAlreadyRunning``.
        """
        await self._acquire()
        try:
            self._runtime.configure(self._url, self.executor)
            self._order = self._workflow("order", order, int, ORDER_RECOVERIES)
            self._again = self._workflow("again", again, int, ORDER_RECOVERIES)
            self._copies = {
                kind: self._workflow(kind, partial(copy, kind), int, ORDER_RECOVERIES)
                for kind in CopyKind
            }
            self._render = self._workflow("render", render, Making, RENDER_RECOVERIES)
            DBOS.listen_queues([str(name) for name in listen])
            DBOS.launch()
            await asyncio.to_thread(give_index, self._url)
            await self._register(QueueName.ORDERS, None)
            await self.hold_renders(is_paused)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop; what was running is taken up again at the next start. Safe to repeat."""
        self._closing = True
        try:
            if self._runtime.is_up:
                for task in self._running:
                    task.cancel()
                if self._running:
                    await asyncio.wait(self._running, timeout=CLOSE_LIMIT_S)
                await self._runtime.destroy()
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

    async def start_render(
        self, id: JobId, tries: int, making: Making, lane: EngineName, turn: int
    ) -> WorkflowHandleAsync[str]:
        """Put a render of an order on the queue of an engine; lower turns go first."""
        name = render_name(id, tries, making)
        with SetWorkflowID(name), SetEnqueueOptions(priority=turn):
            return await DBOS.enqueue_workflow_async(
                queue_of(lane), self._render, id, making.value
            )

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

    async def start_order(self, id: JobId, tries: int) -> None:
        """Put an order on its queue; a second time nothing happens."""
        await ask(self._enqueue_order(order_name(id, tries), self._order, id, tries))

    async def start_again(self, id: JobId, attempt: int) -> None:
        """Put another delivery of an order on its queue; once per attempt."""
        await ask(self._enqueue_order(f"{id}-again-{attempt}", self._again, id, attempt))

    async def start_copy(self, id: JobId, kind: CopyKind, wish: int) -> None:
        """Put the sending of an order's video once more on its queue; once per kind and wish."""
        await ask(self._enqueue_order(f"{id}-{kind}-{wish}", self._copies[kind], id, wish))

    async def start_preview(self, id: JobId, tries: int, turn: int) -> None:
        """Put the quick preview of an order on the queue of the quick engine."""
        making = Making.PREVIEW
        await ask(self.start_render(id, tries, making, EngineName.WARP, turn))

    async def cancel_render(self, id: JobId, tries: int, making: Making = Making.VIDEO) -> None:
        """Cancel a render, queued or running; one that is not there is fine."""
        await ask(DBOS.cancel_workflow_async(render_name(id, tries, making)))

    async def move_render(self, id: JobId, tries: int, lane: EngineName) -> None:
        """Let a render that waits stand in another engine's line; its turn stays."""
        name = render_name(id, tries, Making.VIDEO)
        await ask(DBOS.resume_workflow_async(name, queue_name=queue_of(lane)))

    async def is_render_known(self, id: JobId, tries: int) -> bool:
        """Tell whether the render of an order was ever enqueued."""
        return await self._status(render_name(id, tries, Making.VIDEO)) is not None

    async def is_order_lost(self, id: JobId, tries: int) -> bool | None:
        """Tell whether the workflow of an order ended by itself; None if it never began."""
        status = await self._status(order_name(id, tries))
        if status is None:
            return None
        return status.status not in ("ENQUEUED", "DELAYED", "PENDING")

    async def hold_renders(self, hold: bool) -> None:
        """Let no worker anywhere start a render, or let them again. Kept in the database."""
        wanted = 0 if hold else 1
        for lane in EngineName:
            queue = await ask(DBOS.retrieve_queue_async(queue_of(lane)))
            at_once = await ask(queue.get_worker_concurrency_async()) if queue else None
            if at_once != wanted:
                await self._register(queue_of(lane), wanted)

    async def others_at_work(self) -> set[str]:
        """List the other executors that have, or had, work in hand."""
        pending = await ask(
            DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        )
        return {w.executor_id for w in pending if w.executor_id} - {self.executor}

    async def alive(self, executors: Collection[str]) -> set[str]:
        """Tell which of these executors live, this one among them."""

        own = {self.executor} & set(executors)
        others = set(executors) - own
        return own | await asyncio.to_thread(self.liveness.living, others)

    async def recover_if_dead(self, executor: str) -> int:
        """Put the work of an executor back on its queues if it is dead; tell how much."""
        return await asyncio.to_thread(self._recover_if_dead, executor)

    # -----------------------------------------------------------------

    def _recover_if_dead(self, executor: str) -> int:
        with self.liveness.if_dead(executor) as dead:
            # The one private call: recovery without the vendor's paid service has no other name.
            # tests/integration/test_jobs_crash.py holds it.
            return len(DBOS._recover_pending_workflows([executor])) if dead else 0

    async def _enqueue_order(self, name: str, workflow: Any, id: JobId, number: int) -> None:
        with SetWorkflowID(name):
            await DBOS.enqueue_workflow_async(QueueName.ORDERS, workflow, id, number)

    async def _status(self, id: str) -> WorkflowStatus | None:
        return await ask(DBOS.get_workflow_status_async(id))

    def _workflow(
        self, name: str, body: Any, second: Callable[[Any], Any], recoveries: int
    ) -> Any:
        async def tracked(job_id: str, argument: str | int) -> Any:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            if self._closing:  # dequeued at the last moment: left for the next start
                raise asyncio.CancelledError
            with logs.about(job_id):
                return await body(JobId(job_id), second(argument))

        return DBOS.workflow(name=name, max_recovery_attempts=recoveries)(tracked)

    async def _acquire(self) -> None:
        """Take the liveness lock, in a few tries: a sweep elsewhere may hold it for a moment."""
        for _ in range(ACQUIRE_TRIES - 1):
            try:
                return await asyncio.to_thread(self.liveness.acquire, self.executor)
            except errors.ExecutorAlreadyRunning:
                await asyncio.sleep(ACQUIRE_PAUSE_S)
        return await asyncio.to_thread(self.liveness.acquire, self.executor)

    async def _register(self, name: QueueName, at_once: int | None) -> None:
        await ask(
            DBOS.register_queue_async(
                name,
                worker_concurrency=at_once,
                polling_interval_sec=self._poll_s,
                on_conflict="always_update",
            )
        )
