"""What became of the orders of the last hours, for whoever runs the service.

Reads the rows of the orders; counts and judges nothing: that is for who shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from pydantic import TypeAdapter

from pipeline.store.database import Database
from pipeline.store.history import HISTORY
from pipeline.store.order_table import FINAL, ORDERS, RESULT
from pipeline.types import Failure, JobId, JobState, RenderResult, Stage, VoiceChange, VoiceId

MOST = 5000
_SENDING_SINCE = (
    sa.select(sa.func.max(HISTORY.c.at))
    .where(HISTORY.c.job_id == ORDERS.c.id, HISTORY.c.what == "sending")
    .scalar_subquery()
    .label("sending_since")
)
_FAILURE = TypeAdapter(Failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One order that is final."""

    id: JobId
    state: JobState
    took_s: float
    """From the request to the end."""
    finished_at: datetime
    failure: str | None
    """The code of what went wrong."""
    voice_id: VoiceId | None
    voice_change: VoiceChange | None
    stages_s: Mapping[Stage, float] = field(default_factory=dict)
    """How long each stage took; those of a failed try stand in its history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What was ordered in a time."""

    states: Mapping[JobState, int]
    people: int
    """Who ordered, each counted once."""
    speech_s: float
    """About how long the finished videos are, in all."""


class Day:
    """The orders of the last hours."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ended_since(self, since: datetime) -> list[Ended]:
        """List the orders that became final since a moment, the newest first."""
        query = (
            sa.select(ORDERS, _SENDING_SINCE)
            .where(ORDERS.c.state.in_(FINAL), ORDERS.c.finished_at >= since)
            .order_by(ORDERS.c.finished_at.desc())
            .limit(MOST)
        )

        def work(connection: sa.Connection) -> list[Ended]:
            return [_ended(row) for row in connection.execute(query)]

        return await self._database.read(work)

    async def totals_since(self, since: datetime) -> Totals:
        """Count the orders that came since a moment, by what became of them."""
        came = ORDERS.c.created_at >= since
        length_s = sa.func.coalesce(sa.func.sum(ORDERS.c.speech_s), 0.0)
        states = sa.select(ORDERS.c.state, sa.func.count(), length_s).where(came)
        people = sa.select(sa.func.count(sa.distinct(ORDERS.c.owner))).where(came)

        def work(connection: sa.Connection) -> Totals:
            rows = {
                JobState(s): (n, s_) for s, n, s_ in connection.execute(states.group_by("state"))
            }
            return Totals(
                states={state: count for state, (count, _) in rows.items()},
                people=connection.execute(people).scalar_one(),
                speech_s=rows.get(JobState.SUCCEEDED, (0, 0.0))[1],
            )

        return await self._database.read(work)

    async def ids_since(self, since: datetime) -> list[JobId]:
        """List the orders that came since a moment, the newest first."""
        query = sa.select(ORDERS.c.id).where(ORDERS.c.created_at >= since)

        def work(connection: sa.Connection) -> list[JobId]:
            newest = query.order_by(ORDERS.c.created_at.desc()).limit(MOST)
            return [JobId(id) for id in connection.scalars(newest)]

        return await self._database.read(work)


def _ended(row: sa.Row[tuple[object, ...]]) -> Ended:
    result = RESULT.validate_json(row.result) if row.result else None
    failure = _FAILURE.validate_json(row.failure) if row.failure else None
    return Ended(
        id=JobId(row.id),
        state=JobState(row.state),
        took_s=(row.finished_at - row.created_at).total_seconds(),
        finished_at=row.finished_at,
        failure=failure.code if failure else None,
        voice_id=result.voice_id if result else None,
        voice_change=result.voice_change if result else None,
        stages_s=_stages_s(row, result) if row.state == JobState.SUCCEEDED.value else {},
    )


def _stages_s(row: sa.Row[tuple[object, ...]], result: RenderResult | None) -> dict[Stage, float]:
    """Put the waits on both sides of the making to what the making told of itself."""
    stages_s = dict(result.timings_s) if result else {}
    if row.started_at is not None:
        stages_s[Stage.WAITING] = (row.started_at - row.created_at).total_seconds()
    if row.sending_since is not None:
        stages_s[Stage.SENDING] = (row.finished_at - row.sending_since).total_seconds()
    return stages_s
