"""How many jobs a person and a group have ordered since a moment, and how many are unfinished.

A use is written before its order, in one transaction with the count; the same order again is the
same use. What became of the order is read from its own row: failed and cancelled ones do not
count, so nothing has to be given back. A use whose order is gone, or not there yet, counts.

Which limits hold for whom, and when a day begins, is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline import errors
from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.store.order_table import ORDERS
from pipeline.types import JobId, JobState, Owner

USES = sa.Table(
    "uses",
    METADATA,
    sa.Column("job_id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("place", sa.Text),  # the group; None in private
    sa.Column("used_at", UtcTime, nullable=False, index=True),
    sa.Index("uses_by_owner", "owner", "used_at"),
    sa.Index("uses_by_place", "place", "used_at"),
)
NO_LIMIT = 0
ARRIVES_WITHIN = timedelta(minutes=10)
"""A use without an order is one that is just being accepted; after this it is a lost one."""

_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)
_NOT_COUNTED = (JobState.FAILED.value, JobState.CANCELLED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one order is measured by; 0 is no limit."""

    per_day: int = NO_LIMIT
    place_per_day: int = NO_LIMIT
    place_per_owner_and_day: int = NO_LIMIT
    """How many of one person's orders a group takes a day."""
    place_open: int = NO_LIMIT


class Quotas:
    """The uses of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self,
        job_id: JobId,
        *,
        owner: Owner,
        place: Owner | None,
        limits: Limits,
        day_began_at: datetime,
        now: datetime,
    ) -> None:
        """Write the use of an order that is about to be placed, if the limits allow it.

        Raises ``DailyLimitReached`` (of whatever kind), ``GroupLineFull``.
        """
        values = {"job_id": job_id, "owner": owner, "place": place, "used_at": now}

        def work(connection: sa.Connection) -> None:
            # Always in this order, so that no two wait for each other.
            self._database.serialize(connection, f"quota of {owner}")
            if place is not None:
                self._database.serialize(connection, f"quota of {place}")
            if connection.execute(sa.select(USES).where(USES.c.job_id == job_id)).first():
                return
            _check(connection, owner, place, limits, day_began_at, now)
            connection.execute(sa.insert(USES).values(values))

        await self._database.write(work)

    async def check(
        self,
        *,
        owner: Owner,
        place: Owner | None,
        limits: Limits,
        day_began_at: datetime,
        now: datetime,
    ) -> None:
        """Raise what ``take`` would raise now, and write nothing."""
        await self._database.read(
            lambda connection: _check(connection, owner, place, limits, day_began_at, now)
        )

    async def give_back(self, job_id: JobId) -> None:
        """Forget the use of an order that was not accepted after all."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(USES).where(USES.c.job_id == job_id))

        await self._database.write(work)


def _check(
    connection: sa.Connection,
    owner: Owner,
    place: Owner | None,
    limits: Limits,
    day_began_at: datetime,
    now: datetime,
) -> None:
    today = sa.and_(
        USES.c.used_at >= day_began_at,
        sa.or_(ORDERS.c.state.is_(None), ORDERS.c.state.not_in(_NOT_COUNTED)),
    )
    is_open = sa.or_(
        ORDERS.c.state.in_(_OPEN),
        sa.and_(ORDERS.c.state.is_(None), USES.c.used_at > now - ARRIVES_WITHIN),
    )
    mine, here = USES.c.owner == owner, USES.c.place == place

    def is_full(limit: int, *which: sa.ColumnElement[bool]) -> bool:
        return limit != NO_LIMIT and _count(connection, *which) >= limit

    if is_full(limits.per_day, mine, today):
        raise errors.DailyLimitReached(limits.per_day)
    if place is None:
        return
    if is_full(limits.place_per_owner_and_day, mine, here, today):
        raise errors.MemberDailyLimitReached(limits.place_per_owner_and_day)
    if is_full(limits.place_per_day, here, today):
        raise errors.GroupDailyLimitReached(limits.place_per_day)
    if is_full(limits.place_open, here, is_open):
        raise errors.GroupLineFull(limits.place_open)


def _count(connection: sa.Connection, *which: Any) -> int:
    joined = USES.outerjoin(ORDERS, ORDERS.c.id == USES.c.job_id)
    query = sa.select(sa.func.count()).select_from(joined).where(*which)
    return connection.execute(query).scalar_one()
