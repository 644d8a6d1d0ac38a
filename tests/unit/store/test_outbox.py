"""The outbox: who may send, and what is known afterwards."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.store.database import Database
from pipeline.store.outbox import Outbox, OutboxRow, OutboxState
from pipeline.types import CopyKind, JobId

JOB = JobId("tg-000000000001")


async def test_one_of_many_claims_wins(outbox: Outbox) -> None:
    await asyncio.gather(*(outbox.open(JOB) for _ in range(5)))

    claims = await asyncio.gather(*(outbox.claim(JOB) for _ in range(10)))

    assert claims.count(True) == 1


async def test_what_was_never_opened_cannot_be_claimed(outbox: Outbox) -> None:
    assert not await outbox.claim(JOB)
    assert await outbox.get(JOB) is None


async def test_what_was_sent_is_remembered(outbox: Outbox) -> None:
    await outbox.open(JOB)
    await outbox.claim(JOB)
    await outbox.sent(JOB, "42", "file-1")
    await outbox.open(JOB)

    assert not await outbox.claim(JOB)
    assert await outbox.get(JOB) == OutboxRow(
        state=OutboxState.SENT, attempt=1, message_id="42", file_id="file-1"
    )


async def test_what_was_surely_not_sent_may_be_claimed_again(outbox: Outbox) -> None:
    await outbox.open(JOB)
    await outbox.claim(JOB)
    await outbox.not_sent(JOB)

    assert await outbox.claim(JOB)


async def test_of_two_taps_on_send_again_one_wins(outbox: Outbox) -> None:
    await outbox.open(JOB)
    await outbox.claim(JOB)
    assert await outbox.again(JOB, 1) is None, "it is not unknown yet"
    await outbox.unknown(JOB)

    attempts = await asyncio.gather(outbox.again(JOB, 1), outbox.again(JOB, 1))

    assert sorted(attempts, key=bool) == [None, 2]
    assert await outbox.claim(JOB)


async def test_a_late_answer_settles_the_unknown(outbox: Outbox) -> None:
    await outbox.open(JOB)
    await outbox.claim(JOB)
    await outbox.unknown(JOB)
    await outbox.sent(JOB, "42", None)

    assert await outbox.again(JOB, 1) is None


async def test_what_was_asked_about_one_attempt_allows_no_other(outbox: Outbox) -> None:
    await outbox.open(JOB)
    await outbox.claim(JOB)
    await outbox.unknown(JOB)
    assert await outbox.again(JOB, 1) == 2
    await outbox.claim(JOB)
    await outbox.unknown(JOB)

    assert await outbox.again(JOB, 1) is None
    assert await outbox.again(JOB, 2) == 3


VERBS = ("open", "claim", "sent", "not_sent", "unknown", "refused", "again")


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(verbs=st.lists(st.sampled_from(VERBS), max_size=12), number=st.uuids())
async def test_no_order_of_verbs_allows_a_claim_after_it_was_sent_or_refused(
    database: Database, verbs: list[str], number: object
) -> None:
    outbox, job_id = Outbox(database), JobId(f"tg-{number}")
    settled, row = False, None
    for verb in verbs:
        of_verb = {"sent": ("1", None), "again": (row.attempt if row else 1,)}
        arguments = of_verb.get(verb, ())
        answer = await getattr(outbox, verb)(job_id, *arguments)
        if verb in ("claim", "again") and settled:
            assert not answer
        row = await outbox.get(job_id)
        if settled:
            assert row is not None
            assert row.state in (OutboxState.SENT, OutboxState.REFUSED)
        settled = row is not None and row.state in (OutboxState.SENT, OutboxState.REFUSED)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


async def test_what_is_sent_about_a_job_is_found_by_it_and_is_no_video(outbox: Outbox) -> None:
    copy, same = JobId(f"{JOB}-file-7"), JobId(f"{JOB}-copy-8")
    await outbox.open(JOB)
    await outbox.open(copy, about=JOB)
    assert await outbox.copy_of(JOB, CopyKind.FILE) is None
    await outbox.claim(copy)
    await outbox.sent(copy, "5", "D1", "unique")
    await outbox.open(same, about=JOB)
    await outbox.claim(same)
    await outbox.sent(same, "6", "F1", "the same video")

    assert await outbox.copy_of(JOB, CopyKind.FILE) == "D1"
    assert await outbox.job_of_file("unique") == JOB
    assert [ids async for ids in outbox.job_ids()] == [[JOB]]


async def test_all_that_came_to_be_delivered_are_told_once_the_newest_first(
    database: Database,
) -> None:
    outbox = Outbox(database, batch=3)
    jobs = [JobId(f"tg-{number:012d}") for number in range(1, 6)]
    for job in jobs:
        await outbox.open(job)
        await outbox.open(JobId(f"{job}-file-7"), about=job)

    told = [id async for ids in outbox.job_ids() for id in ids]

    assert told == jobs[::-1]
