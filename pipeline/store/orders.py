"""The rows behind the jobs: who asked, where each order stands, what came of it.

The job engine makes the work durable; these rows are what people ask about, and the one place
where races end: between a second request and the limit, between a cancellation and the sending.
Each verb is one transaction and may be repeated. Nothing here starts or stops any work.

``sending`` is a mark beside the state, not a state: an order that is being sent is still running,
but can be cancelled no more.

Where the next one goes: another fact is a column of ``order_table.py``, and a verb here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from pipeline import errors
from pipeline.line import OpenLimits
from pipeline.store.database import Database
from pipeline.store.history import record
from pipeline.store.order_table import (
    FINAL,
    OPEN,
    ORDERS,
    PROGRESS,
    RESULT,
    change_order,
    progress_of,
    turn_now,
)
from pipeline.types import (
    Failure,
    Job,
    JobId,
    JobState,
    Owner,
    Progress,
    RenderResult,
)

_FAILURE: Final = TypeAdapter(Failure)
ASKED_AT_ONCE: Final = 500


def _no_later(_: int) -> float:
    return 0.0


class Orders:
    """The orders of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        id: JobId,
        *,
        owner: Owner,
        reply_to: str,
        limits: OpenLimits,
        speech_s: float | None = None,
        later_s: Callable[[int], float] = _no_later,
    ) -> Job:
        """Accept an order, or return the one that has this id already.

        Its turn is now, plus what ``later_s`` says of the number of orders that its owner has
        open. Raises ``TooManyJobs``, ``LineFull``; counted and added in one transaction.
        """

        def work(connection: sa.Connection) -> Job:
            self._database.serialize(connection, "orders")
            if row := connection.execute(_by_id(id)).one_or_none():
                return _job(row)
            own = _check_limits(connection, owner, limits)
            values: dict[str, Any] = {
                "id": id,
                "owner": owner,
                "reply_to": reply_to,
                "created_at": datetime.now(UTC),
                "turn": turn_now(later_s(own)),
                "state": JobState.QUEUED.value,
                "sending": False,
                "speech_s": speech_s,
                "tries": 0,
            }
            added = connection.execute(sa.insert(ORDERS).values(values).returning(ORDERS)).one()
            record(connection, id, "accepted")
            return _job(added)

        return await self._database.write(work)

    async def find(self, id: JobId) -> Job | None:
        """Return the order, if there is one."""
        row = await self._row(id)
        return _job(row) if row else None

    async def of_owner(self, owner: Owner, *, unfinished: bool) -> list[Job]:
        """List the orders of one owner, the oldest first."""
        query = sa.select(ORDERS).where(ORDERS.c.owner == owner)
        if unfinished:
            query = query.where(ORDERS.c.state.in_(OPEN))
        return await self._jobs(query)

    async def unfinished(self) -> list[Job]:
        """List all orders that are not final, the oldest first."""
        return await self._jobs(sa.select(ORDERS).where(ORDERS.c.state.in_(OPEN)))

    async def recent_results(self, limit: int) -> list[RenderResult]:
        """List what the newest orders that went well were made into."""
        query = (
            sa.select(ORDERS.c.result)
            .where(ORDERS.c.state == JobState.SUCCEEDED.value, ORDERS.c.result.is_not(None))
            .order_by(ORDERS.c.finished_at.desc())
            .limit(limit)
        )

        def work(connection: sa.Connection) -> list[RenderResult]:
            return [RESULT.validate_json(result) for result in connection.scalars(query)]

        return await self._database.read(work)

    async def still_needed(self, ids: Sequence[JobId], before: datetime) -> set[JobId]:
        """Tell which of these orders are open, or became final later than a time.

        The others are over for good, or have no row.
        """
        is_over = sa.and_(ORDERS.c.state.in_(FINAL), ORDERS.c.finished_at < before)

        def work(connection: sa.Connection) -> set[JobId]:
            found: set[JobId] = set()
            for start in range(0, len(ids), ASKED_AT_ONCE):
                some = ids[start : start + ASKED_AT_ONCE]
                query = sa.select(ORDERS.c.id).where(ORDERS.c.id.in_(some), ~is_over)
                found.update(JobId(id) for id in connection.scalars(query))
            return found

        return await self._database.read(work)

    async def accepted_between(self, since: datetime, until: datetime) -> list[JobId]:
        """List the orders that were accepted in a time."""
        query = sa.select(ORDERS.c.id).where(ORDERS.c.created_at.between(since, until))

        def work(connection: sa.Connection) -> list[JobId]:
            return [JobId(id) for id in connection.scalars(query)]

        return await self._database.read(work)

    async def receipt(self, id: JobId) -> str | None:
        """Return what the door gave back when it announced the order."""
        row = await self._row(id)
        return row.receipt if row else None

    async def keep_receipt(self, id: JobId, receipt: str) -> None:
        """Store what the door gave back when it announced the order."""
        await change_order(self._database, id, {"receipt": receipt}, what="announced")

    async def start(self, id: JobId, *, by: str) -> bool:
        """Mark the order as being made by a worker; False if it is cancelled, sent, or gone."""
        change = {
            "state": JobState.RUNNING.value,
            "progress": None,
            "started_at": datetime.now(UTC),
        }
        when = (ORDERS.c.state.in_(OPEN), ~ORDERS.c.sending)
        return await change_order(self._database, id, change, *when, what="render begun", by=by)

    async def report(self, id: JobId, progress: Progress) -> None:
        """Store how far the order is; only the newest is kept."""
        change = {"progress": PROGRESS.dump_json(progress).decode()}
        await change_order(self._database, id, change, ORDERS.c.state == JobState.RUNNING.value)

    async def progress(self, id: JobId) -> Progress | None:
        """Tell how far the order is; None when it is final or not known."""
        row = await self._row(id)
        return progress_of(row.state, row.sending, row.progress) if row else None

    async def start_sending(self, id: JobId, result: RenderResult) -> bool:
        """Take the right to deliver; False if the order was cancelled first. No way back."""
        change = {"sending": True, "result": RESULT.dump_json(result).decode()}
        if await change_order(
            self._database, id, change, ORDERS.c.state.in_(OPEN), what="sending"
        ):
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

    async def cancel(self, id: JobId, *, by: Owner, entitled: bool = False) -> bool:
        """Cancel an order for its owner, or for whom its door entitles; False if too late.

        Who did it stands in the history. Raises ``JobNotFound`` for everybody else.
        """
        row = await self._row(id)
        if row is None or (row.owner != by and not entitled):
            raise errors.JobNotFound(id)
        return await self._end(id, JobState.CANCELLED, {}, ~ORDERS.c.sending, by=by)

    async def _end(
        self,
        id: JobId,
        state: JobState,
        values: dict[str, Any],
        *also: sa.ColumnElement[bool],
        by: str = "",
    ) -> bool:
        change = values | {"state": state.value, "finished_at": datetime.now(UTC)}
        when = (ORDERS.c.state.in_(OPEN), *also)
        return await change_order(self._database, id, change, *when, what=state.value, by=by)

    async def _row(self, id: JobId) -> sa.Row[Any] | None:
        def work(connection: sa.Connection) -> sa.Row[Any] | None:
            return connection.execute(_by_id(id)).one_or_none()

        return await self._database.read(work)

    async def _jobs(self, query: sa.Select[Any]) -> list[Job]:
        def work(connection: sa.Connection) -> list[Job]:
            ordered = query.order_by(ORDERS.c.created_at, ORDERS.c.id)
            return [_job(row) for row in connection.execute(ordered)]

        return await self._database.read(work)


def _check_limits(connection: sa.Connection, owner: Owner, limits: OpenLimits) -> int:
    """Return how many orders the owner has open; raise if one more is too many for somebody."""

    def count(*of: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).where(ORDERS.c.state.in_(OPEN), *of)
        return int(connection.execute(query).scalar_one())

    own = count(ORDERS.c.owner == owner)
    if own >= limits.owner:
        raise errors.TooManyJobs(limits.owner)
    if limits.total is not None and (waiting := count()) >= limits.total:
        raise errors.LineFull(waiting)
    return own


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
        result=RESULT.validate_json(row.result) if row.result else None,
    )
