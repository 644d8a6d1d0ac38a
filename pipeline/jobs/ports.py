"""What the jobs ask of others: a door to speak through, a function that renders, rows, requests.

``Door`` is implemented by the bot, ``Rows`` by ``pipeline.store.orders.Orders``, ``Requests`` by
an artifact store; ``bootstrap`` brings them together. Packages beside this one are not imported.

Where the next one goes: a verb that the workflows need of somebody else stands here first.
"""

# ruff: noqa: D102  the verbs of Rows are documented where they are implemented

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol

from pipeline.types import (
    ArtifactKey,
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


class QueueName(StrEnum):
    """What a process may work on."""

    ORDERS = "orders"  # the door's side: announce, show, deliver
    RENDERS = "renders"  # the worker's side, one at a time


class Door(Protocol):
    """How an order speaks to whoever placed it.

    Every verb may be called again for the same job after a crash. ``announce``, ``deliver``,
    ``fail`` and ``withdraw`` are tried again, with growing pauses, while they raise a *retryable*
    ``BoltiError`` (``DeliveryDelayed`` says how long to wait at least).
    """

    async def announce(self, job: Job, position: int | None) -> str:
        """Send the status message; return the receipt by which it is found again, never empty.

        ``position`` is the place in the line (1 is next), None when the render has begun. An error
        that is not retryable says that its owner cannot be reached: the job fails, unsaid.
        """
        ...

    async def show(self, job: Job, receipt: str, progress: Progress, position: int | None) -> None:
        """Bring the status message up to date. Best effort: never raises, never repeated."""

    async def deliver(self, job: Job, receipt: str) -> None:
        """Deliver ``job.result``: claim the outbox, send, record.

        Returns when it was sent, refused, or is unknown (its owner has been told which). Raises
        a retryable error when surely nothing was sent and trying again can help.
        """

    async def fail(self, job: Job, receipt: str, failure: Failure) -> None:
        """Tell the owner why there is no video; ``failure.code`` picks the sentence."""

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
        self, id: JobId, *, owner: Owner, reply_to: str, limit: int, handicap_s: float
    ) -> Job: ...
    async def find(self, id: JobId) -> Job | None: ...
    async def of_owner(self, owner: Owner, *, unfinished: bool) -> list[Job]: ...
    async def unfinished(self) -> list[Job]: ...
    async def turn(self, id: JobId) -> int | None: ...
    async def receipt(self, id: JobId) -> str | None: ...
    async def keep_receipt(self, id: JobId, receipt: str) -> None: ...
    async def start(self, id: JobId) -> bool: ...
    async def report(self, id: JobId, progress: Progress) -> None: ...
    async def progress(self, id: JobId) -> Progress | None: ...
    async def start_sending(self, id: JobId, result: RenderResult) -> bool: ...
    async def succeed(self, id: JobId) -> None: ...
    async def fail(self, id: JobId, failure: Failure) -> bool: ...
    async def cancel(self, id: JobId, *, by: Owner) -> bool: ...
