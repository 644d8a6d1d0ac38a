"""The rows behind the jobs: who asked, where each order stands, what came of it.

The job engine makes the work durable; these rows are what people ask about, and the one place
where races end: between a second request and the limit, between a cancellation and the sending.
Each verb is one transaction and may be repeated. Nothing here starts or stops any work.

``sending`` is a mark beside the state, not a state: an order that is being sent is still running,
but can be cancelled no more.

Where the next one goes: another fact of an order is a column, and a verb that writes it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from pipeline import errors
from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import (
    Failure,
    Job,
    JobId,
    JobState,
    Owner,
    Progress,
    RenderResult,
    Stage,
)

ORDERS = sa.Table(
    "orders",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("reply_to", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),  # its place in the line: lower goes first
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sending", sa.Boolean, nullable=False),  # too late to cancel
    sa.Column("receipt", sa.Text),  # what the door returned when it announced the order
    sa.Column("progress", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("failure", sa.Text),
    sa.Column("finished_at", UtcTime),
    sa.Index("orders_by_owner", "owner", "state"),
    sa.Index("orders_by_state", "state", "finished_at"),
)

TURNS_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A turn counts seconds from here, so that it fits 31 bits until 2094."""

_OPEN: Final = (JobState.QUEUED.value, JobState.RUNNING.value)
_FAILURE: Final = TypeAdapter(Failure)
_RESULT: Final = TypeAdapter(RenderResult)
_PROGRESS: Final = TypeAdapter(Progress)


class Orders:
    """The orders of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, id: JobId, *, owner: Owner, reply_to: str, limit: int, handicap_s: float
    ) -> Job:
        """Accept an order, or return the one that has this id already.

        Its turn is now, plus ``handicap_s`` for each order that its owner has open. Raises
        ``TooManyJobs`` when those are ``limit``; counted and added in one transaction.
        """
        now = datetime.now(UTC)
        open_orders = sa.select(sa.func.count()).where(
            ORDERS.c.owner == owner, ORDERS.c.state.in_(_OPEN)
        )

        def work(connection: sa.Connection) -> Job:
            self._database.serialize(connection, f"orders of {owner}")
            if row := connection.execute(_by_id(id)).one_or_none():
                return _job(row)
            count = connection.execute(open_orders).scalar_one()
            if count >= limit:
                raise errors.TooManyJobs(limit)
            turn = int((now - TURNS_SINCE).total_seconds() + count * handicap_s)
            values: dict[str, Any] = {
                "id": id,
                "owner": owner,
                "reply_to": reply_to,
                "created_at": now,
                "turn": turn,
                "state": JobState.QUEUED.value,
                "sending": False,
            }
            connection.execute(sa.insert(ORDERS).values(values))
            return _job(connection.execute(_by_id(id)).one())

        return await self._database.write(work)

    async def find(self, id: JobId) -> Job | None:
        """Return the order, if there is one."""
        row = await self._row(id)
        return _job(row) if row else None

    async def of_owner(self, owner: Owner, *, unfinished: bool) -> list[Job]:
        """List the orders of one owner, the oldest first."""
        query = sa.select(ORDERS).where(ORDERS.c.owner == owner)
        if unfinished:
            query = query.where(ORDERS.c.state.in_(_OPEN))
        return await self._jobs(query)

    async def unfinished(self) -> list[Job]:
        """List all orders that are not final, the oldest first."""
        return await self._jobs(sa.select(ORDERS).where(ORDERS.c.state.in_(_OPEN)))

    async def finished_before(self, before: datetime) -> list[JobId]:
        """List the orders that became final before a time."""
        query = sa.select(ORDERS.c.id).where(
            ORDERS.c.state.not_in(_OPEN), ORDERS.c.finished_at < before
        )

        def work(connection: sa.Connection) -> list[JobId]:
            return [JobId(id) for id in connection.scalars(query)]

        return await self._database.read(work)

    async def delete(self, id: JobId) -> None:
        """Delete a final order; any other stays."""
        delete = sa.delete(ORDERS).where(ORDERS.c.id == id, ORDERS.c.state.not_in(_OPEN))

        def work(connection: sa.Connection) -> None:
            connection.execute(delete)

        await self._database.write(work)

    async def turn(self, id: JobId) -> int | None:
        """Return the order's turn while it waits to be made or is made; None once decided."""
        row = await self._row(id)
        return row.turn if row and row.state in _OPEN and not row.sending else None

    async def receipt(self, id: JobId) -> str | None:
        """Return what the door gave back when it announced the order."""
        row = await self._row(id)
        return row.receipt if row else None

    async def keep_receipt(self, id: JobId, receipt: str) -> None:
        """Store what the door gave back when it announced the order."""
        await self._change(id, {"receipt": receipt})

    async def start(self, id: JobId) -> bool:
        """Mark the order as being made; False if it is cancelled, sent, or gone."""
        change = {"state": JobState.RUNNING.value, "progress": None}
        return await self._change(id, change, ORDERS.c.state.in_(_OPEN), ~ORDERS.c.sending)

    async def report(self, id: JobId, progress: Progress) -> None:
        """Store how far the order is; only the newest is kept."""
        change = {"progress": _PROGRESS.dump_json(progress).decode()}
        await self._change(id, change, ORDERS.c.state == JobState.RUNNING.value)

    async def progress(self, id: JobId) -> Progress | None:
        """Tell how far the order is; None when it is final or not known."""
        row = await self._row(id)
        return _progress(row) if row else None

    async def start_sending(self, id: JobId, result: RenderResult) -> bool:
        """Take the right to deliver; False if the order was cancelled first. No way back."""
        change = {"sending": True, "result": _RESULT.dump_json(result).decode()}
        if await self._change(id, change, ORDERS.c.state.in_(_OPEN)):
            return True
        row = await self._row(id)
        return row is not None and row.state == JobState.SUCCEEDED.value

    async def succeed(self, id: JobId) -> None:
        """Record that the order is done."""
        await self._end(id, JobState.SUCCEEDED, {})

    async def fail(self, id: JobId, failure: Failure) -> bool:
        """Record that the order failed; False if it was cancelled first."""
        await self._end(id, JobState.FAILED, {"failure": _FAILURE.dump_json(failure).decode()})
        row = await self._row(id)
        return row is not None and row.state == JobState.FAILED.value

    async def cancel(self, id: JobId, *, by: Owner) -> bool:
        """Cancel an order for its owner; False if it is final or being sent.

        Raises ``JobNotFound`` for everybody else.
        """
        row = await self._row(id)
        if row is None or row.owner != by:
            raise errors.JobNotFound(id)
        return await self._end(id, JobState.CANCELLED, {}, ~ORDERS.c.sending)

    async def _end(
        self, id: JobId, state: JobState, values: dict[str, Any], *also: sa.ColumnElement[bool]
    ) -> bool:
        change = values | {"state": state.value, "finished_at": datetime.now(UTC)}
        return await self._change(id, change, ORDERS.c.state.in_(_OPEN), *also)

    async def _change(
        self, id: JobId, values: dict[str, Any], *when: sa.ColumnElement[bool]
    ) -> bool:
        update = sa.update(ORDERS).where(ORDERS.c.id == id, *when).values(values)

        def work(connection: sa.Connection) -> bool:
            return bool(connection.execute(update).rowcount)

        return await self._database.write(work)

    async def _row(self, id: JobId) -> sa.Row[Any] | None:
        def work(connection: sa.Connection) -> sa.Row[Any] | None:
            return connection.execute(_by_id(id)).one_or_none()

        return await self._database.read(work)

    async def _jobs(self, query: sa.Select[Any]) -> list[Job]:
        def work(connection: sa.Connection) -> list[Job]:
            ordered = query.order_by(ORDERS.c.created_at, ORDERS.c.id)
            return [_job(row) for row in connection.execute(ordered)]

        return await self._database.read(work)


def _by_id(id: JobId) -> sa.Select[Any]:
    return sa.select(ORDERS).where(ORDERS.c.id == id)


def _job(row: sa.Row[Any]) -> Job:
    return Job(
        id=JobId(row.id),
        owner=Owner(row.owner),
        reply_to=row.reply_to,
        state=JobState(row.state),
        created_at=row.created_at,
        failure=_FAILURE.validate_json(row.failure) if row.failure else None,
        result=_RESULT.validate_json(row.result) if row.result else None,
    )


def _progress(row: sa.Row[Any]) -> Progress | None:
    state = JobState(row.state)
    if state.is_final:
        return None
    if row.sending:
        return Progress(stage=Stage.SENDING)
    if row.progress:
        return _PROGRESS.validate_json(row.progress)
    return Progress(stage=Stage.WAITING)
