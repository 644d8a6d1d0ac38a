"""Decisions about people and groups, and invitations, survive and are used once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from pipeline.store.access import Access, Entry, Standing
from pipeline.store.database import Database
from pipeline.types import Owner

ASHA, RAVI, MEENA = Owner("telegram:1"), Owner("telegram:2"), Owner("telegram:3")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def test_nobody_is_known_until_something_was_decided(database: Database) -> None:
    access = Access(database)

    assert await access.entry(ASHA) == Entry()


async def test_a_decision_tells_what_stood_before_and_keeps_the_rest(database: Database) -> None:
    access = Access(database)

    assert await access.set_jobs_per_day(ASHA, 5) == Entry()
    before = await access.set_standing(ASHA, Standing.BANNED)

    assert before == Entry(jobs_per_day=5)
    assert await access.entry(ASHA) == Entry(standing=Standing.BANNED, jobs_per_day=5)
    assert await access.entries(ASHA, RAVI) == {
        ASHA: Entry(standing=Standing.BANNED, jobs_per_day=5),
        RAVI: Entry(),
    }


async def test_an_invitation_lets_in_as_many_as_it_was_made_for(database: Database) -> None:
    access = Access(database)
    token = await access.invite(uses=2, expires_at=NOW + timedelta(days=1))

    assert await access.redeem(token, ASHA, NOW)
    assert await access.redeem(token, ASHA, NOW)  # the same person again uses nothing up
    assert await access.redeem(token, RAVI, NOW)
    assert not await access.redeem(token, MEENA, NOW)

    assert (await access.entry(RAVI)).standing is Standing.ALLOWED
    assert await access.entry(MEENA) == Entry()


async def test_of_two_who_take_the_last_use_at_once_one_comes_in(database: Database) -> None:
    access = Access(database)
    token = await access.invite(uses=1, expires_at=NOW + timedelta(days=1))

    came_in = await asyncio.gather(*(access.redeem(token, who, NOW) for who in (ASHA, RAVI)))

    assert sorted(came_in) == [False, True]


async def test_an_invitation_grows_old_and_lets_nobody_in_who_was_shut_out(
    database: Database,
) -> None:
    access = Access(database)
    token = await access.invite(uses=9, expires_at=NOW)
    fresh = await access.invite(uses=9, expires_at=NOW + timedelta(days=1))
    await access.set_standing(RAVI, Standing.BANNED)

    assert not await access.redeem(token, ASHA, NOW)
    assert not await access.redeem(fresh, RAVI, NOW)
    assert not await access.redeem("never-made", ASHA, NOW)

    assert await access.redeem(fresh, ASHA, NOW)
