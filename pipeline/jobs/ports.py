"""What the jobs ask of others: a door to speak through, a function that renders, rows, requests.

``Door`` is implemented by the bot, the rows by the classes of ``pipeline.store``, ``Requests`` by
an artifact store; ``bootstrap`` brings them together. Packages beside this one are not imported.

Where the next one goes: a verb that the workflows need of somebody else stands here first.
"""

# ruff: noqa: D102  the verbs of Rows are documented where they are implemented

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, assert_never

from pipeline.line import (
    Event,
    LineLook,
    LineMode,
    LineRow,
    OpenLimits,
    Pace,
    Standing,
    Ticket,
    WorkerCard,
)
from pipeline.types import (
    ArtifactKey,
    CopyKind,
    EngineName,
    Failure,
    Job,
    JobId,
    Owner,
    Progress,
    RenderRequest,
    RenderResult,
)

RenderFunction = Callable[
    [RenderRequest, JobId, Callable[[Progress], None]], Awaitable[RenderResult]
]
"""Render a request. Progress may be reported from any thread. It may run twice for one job, so its
results go under keys fixed by the job's id. Cancelling it must free whatever it holds."""


Measure = Callable[[RenderRequest], float | None]
"""About how long the speech of a request will be, in seconds; None when nobody can tell."""


class QueueName(StrEnum):
    """What a process may work on."""

    ORDERS = "orders"  # the door's side: announce, show, deliver
    RENDERS_LATENTSYNC = "renders-latentsync"  # the worker's side, one at a time
    RENDERS_WARP = "renders-warp"  # the same, and the quick previews

    @property
    def lane(self) -> EngineName | None:
        """The engine whose renders stand in this queue; None for the orders."""
        match self:
            case QueueName.ORDERS:
                return None
            case QueueName.RENDERS_LATENTSYNC:
                return EngineName.LATENTSYNC
            case QueueName.RENDERS_WARP:
                return EngineName.WARP
            case _:
                assert_never(self)


def queue_of(lane: EngineName) -> QueueName:
    """Give the queue in which the renders of an engine stand."""
    return next(queue for queue in QueueName if queue.lane is lane)


class Door(Protocol):
    """How an order speaks to whoever placed it.

    Every verb may be called again for the same job after a crash. ``announce``, ``deliver``,
    ``deliver_copy``, ``fail`` and ``withdraw`` are tried again, with growing pauses, while they
    raise a *retryable* ``BoltiError`` (``DeliveryDelayed`` says how long to wait at least).
    """

    async def announce(self, job: Job, standing: Standing) -> str:
        """Send the status message; return the receipt by which it is found again, never empty.

        An error that is not retryable says that its owner cannot be reached: the job fails,
        unsaid.
        """
        ...

    async def show(self, job: Job, receipt: str, standing: Standing) -> None:
        """Bring the status message up to date. Best effort: never raises, never repeated."""

    async def show_preview(self, job: Job, receipt: str, preview: RenderResult) -> None:
        """Show the quick preview, marked as one, until the video replaces it.

        Best effort; called again after a crash, so it must not show it twice.
        """

    async def deliver(self, job: Job, receipt: str) -> None:
        """Deliver ``job.result``: claim the outbox, send, record.

        Returns when it was sent, refused, or is unknown (its owner has been told which). Raises
        a retryable error when surely nothing was sent and trying again can help.
        """

    async def deliver_copy(self, job: Job, kind: CopyKind, wish: int) -> None:
        """Deliver ``job.result`` once more, by the same rules; once per kind and wish."""

    async def fail(self, job: Job, receipt: str, failure: Failure) -> None:
        """Tell the owner why there is no video; ``failure.code`` picks the sentence.

        The receipt is empty where the order was not announced.
        """

    async def withdraw(self, job: Job, receipt: str) -> None:
        """Say in the status message that the job was cancelled."""


class Requests(Protocol):
    """Where requests are kept, so that only ids travel through the queue."""

    async def put_bytes(self, data: bytes, key: ArtifactKey) -> None:
        """Store a few bytes."""

    async def read(self, key: ArtifactKey) -> bytes:
        """Return them."""
        ...

    async def delete(self, key: ArtifactKey) -> None:
        """Delete them; what is not there is fine."""


class Rows(Protocol):
    """The rows of the orders, where races end; each verb is one transaction."""

    async def add(
        self,
        id: JobId,
        *,
        owner: Owner,
        reply_to: str,
        limits: OpenLimits,
        speech_s: float | None,
        later_s: Callable[[int], float],
    ) -> Job: ...
    async def find(self, id: JobId) -> Job | None: ...
    async def of_owner(self, owner: Owner, *, unfinished: bool) -> list[Job]: ...
    async def unfinished(self) -> list[Job]: ...
    async def recent_results(self, limit: int) -> list[RenderResult]: ...
    async def receipt(self, id: JobId) -> str | None: ...
    async def keep_receipt(self, id: JobId, receipt: str) -> None: ...
    async def start(self, id: JobId, *, by: str) -> bool: ...
    async def report(self, id: JobId, progress: Progress) -> None: ...
    async def progress(self, id: JobId) -> Progress | None: ...
    async def start_sending(self, id: JobId, result: RenderResult) -> bool: ...
    async def succeed(self, id: JobId) -> None: ...
    async def fail(self, id: JobId, failure: Failure) -> bool: ...
    async def cancel(self, id: JobId, *, by: Owner, entitled: bool) -> bool: ...


Waiting = Callable[[Any], dict[EngineName, list[JobId]]]
"""Given a connection to the database, tells who waits for each engine, next first."""


class LineRows(Protocol):
    """The line as a whole; each verb is one transaction."""

    async def mode(self) -> LineRow: ...
    async def set_mode(self, mode: LineMode, by: str, note: str = "") -> None: ...
    async def ticket(self, id: JobId) -> Ticket | None: ...
    async def tickets(self) -> list[Ticket]: ...
    async def look(self, waiting: Waiting) -> LineLook: ...
    async def choose_lane(self, id: JobId, lane: EngineName) -> None: ...
    async def keep_preview(self, id: JobId, preview: RenderResult) -> bool: ...
    async def reopen(self, id: JobId, *, by: str) -> bool: ...


class PaceRows(Protocol):
    """How quick each engine was lately."""

    async def add(
        self, work: EngineName, *, speech_s: float, took_s: float, executor: str = ""
    ) -> None: ...
    async def recent(self) -> dict[EngineName, Pace]: ...
    async def of_workers(self) -> dict[str, Pace]: ...


class WorkerRows(Protocol):
    """Which processes render."""

    async def arrive(self, executor: str, lanes: tuple[EngineName, ...]) -> None: ...
    async def touch(self, executor: str, job: JobId | None) -> None: ...
    async def all(self) -> list[WorkerCard]: ...


class HistoryRows(Protocol):
    """What happened to each order."""

    async def note(self, job_id: JobId, what: str, by: str = "") -> None: ...
    async def of(self, job_id: JobId) -> list[Event]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All rows that the jobs need; ``pipeline.records.books_on`` makes them on one database."""

    orders: Rows
    line: LineRows
    paces: PaceRows
    workers: WorkerRows
    history: HistoryRows
