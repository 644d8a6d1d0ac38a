"""Uses are counted with what became of their orders, and never twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import errors
from pipeline.line import OpenLimits
from pipeline.store.database import Database
from pipeline.store.orders import Orders
from pipeline.store.quotas import Limits, Quotas
from pipeline.types import Failure, JobId, Owner

ASHA, RAVI, GROUP = Owner("telegram:1"), Owner("telegram:2"), Owner("telegram:-9")
NOW = datetime.now(UTC)
MIDNIGHT = NOW - timedelta(hours=6)
FAILURE = Failure(code="render_failed", detail="", retryable=False)
OPEN = OpenLimits(owner=99)


class Day:
    """One day of orders."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self.quotas, self.orders = Quotas(database), Orders(database)
        self._limits = limits
        self._count = 0

    async def take(
        self,
        owner: Owner = ASHA,
        *,
        place: Owner | None = None,
        job_id: JobId | None = None,
        at: datetime = NOW,
    ) -> JobId:
        self._count += 1
        job_id = job_id or JobId(f"tg-{self._count:012d}")
        await self.quotas.take(
            job_id, owner=owner, place=place, limits=self._limits, day_began_at=MIDNIGHT, now=at
        )
        await self.orders.add(job_id, owner=owner, reply_to="", limits=OPEN)
        return job_id


async def test_a_day_has_a_limit_and_yesterday_does_not_count(database: Database) -> None:
    day = Day(database, Limits(per_day=2))

    await day.take(at=MIDNIGHT - timedelta(minutes=1))
    await day.take()
    await day.take()
    with pytest.raises(errors.DailyLimitReached) as refusal:
        await day.take()
    await day.take(RAVI)

    assert refusal.value.values() == {"limit": 2}


async def test_failed_and_cancelled_orders_never_count(database: Database) -> None:
    day = Day(database, Limits(per_day=1))

    await day.orders.fail(await day.take(), FAILURE)
    await day.orders.cancel(await day.take(), by=ASHA)
    await day.orders.succeed(await day.take())

    with pytest.raises(errors.DailyLimitReached):
        await day.take()


async def test_the_same_order_again_is_the_same_use(database: Database) -> None:
    day = Day(database, Limits(per_day=1))

    first = await day.take()
    await day.take(job_id=first)


async def test_an_order_that_was_not_accepted_is_given_back(database: Database) -> None:
    day = Day(database, Limits(per_day=1))
    limits = Limits(per_day=1)
    lost = JobId("tg-refused")
    when = {"day_began_at": MIDNIGHT, "now": NOW}
    await day.quotas.take(lost, owner=ASHA, place=None, limits=limits, **when)

    with pytest.raises(errors.DailyLimitReached):
        await day.quotas.check(owner=ASHA, place=None, limits=limits, **when)
    await day.quotas.give_back(lost)

    await day.quotas.check(owner=ASHA, place=None, limits=limits, **when)


async def test_a_group_has_a_line_of_its_own_that_empties(database: Database) -> None:
    day = Day(database, Limits(place_open=2))

    await day.take(place=GROUP)
    second = await day.take(RAVI, place=GROUP)
    with pytest.raises(errors.GroupLineFull):
        await day.take(place=GROUP)
    await day.take()  # in private nobody asks for the group

    await day.orders.succeed(second)
    await day.take(place=GROUP)


async def test_a_group_has_a_day_and_each_member_a_part_of_it(database: Database) -> None:
    day = Day(database, Limits(place_per_day=3, place_per_owner_and_day=2))

    await day.take(place=GROUP)
    await day.take(place=GROUP)
    with pytest.raises(errors.DailyLimitReached) as own:
        await day.take(place=GROUP)
    await day.take(RAVI, place=GROUP)
    with pytest.raises(errors.GroupDailyLimitReached):
        await day.take(RAVI, place=GROUP)

    assert own.value.code == "member_daily_limit"


async def test_of_many_at_once_no_more_come_in_than_may(database: Database) -> None:
    day = Day(database, Limits(place_open=2))

    came = await asyncio.gather(
        *(day.take(Owner(f"telegram:{n}"), place=GROUP) for n in range(8)), return_exceptions=True
    )

    assert sum(isinstance(one, str) for one in came) == 2
    assert sum(isinstance(one, errors.GroupLineFull) for one in came) == 6


async def test_an_order_that_was_lost_on_its_way_leaves_the_line(database: Database) -> None:
    quotas = Quotas(database)

    async def take(job_id: str, at: datetime) -> None:
        await quotas.take(
            JobId(job_id),
            owner=ASHA,
            place=GROUP,
            limits=Limits(place_open=1),
            day_began_at=MIDNIGHT,
            now=at,
        )

    await take("lost", NOW - timedelta(minutes=11))
    await take("next", NOW)

    with pytest.raises(errors.GroupLineFull):
        await take("one more", NOW)
