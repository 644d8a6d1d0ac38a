"""What operators look at: what ended, how the machines are, which faults there were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.gpus import Gpu
from pipeline.line import OpenLimits
from pipeline.store.database import Database
from pipeline.store.day import Day, Totals
from pipeline.store.incidents import Incident, Incidents
from pipeline.store.orders import Orders
from pipeline.store.people import People
from pipeline.store.vitals import VitalRows, Vitals
from pipeline.types import Failure, JobId, JobState, Owner, Stage
from tests.unit.bot.finished import RESULT

ASHA, RAVI = Owner("telegram:1"), Owner("telegram:2")


async def test_what_ended_is_told_with_its_reason(database: Database) -> None:
    orders, day = Orders(database), Day(database)
    began = datetime.now(UTC)
    for number in (1, 2, 3):
        await orders.add(
            JobId(f"tg-{number}"),
            owner=ASHA,
            reply_to="",
            limits=OpenLimits(owner=9),
        )
    failure = Failure(code="render_failed", detail="", retryable=False)
    await orders.fail(JobId("tg-1"), failure)
    await orders.cancel(JobId("tg-2"), by=ASHA)

    ended = await day.ended_since(began - timedelta(seconds=1))

    assert {one.id: (one.state, one.failure) for one in ended} == {
        JobId("tg-1"): (JobState.FAILED, "render_failed"),
        JobId("tg-2"): (JobState.CANCELLED, None),
    }
    assert all(one.took_s >= 0 for one in ended)
    assert set(await day.ids_since(began - timedelta(seconds=1))) == {"tg-1", "tg-2", "tg-3"}
    assert await day.ended_since(datetime.now(UTC) + timedelta(seconds=1)) == []


async def test_each_stage_of_a_delivered_order_is_told_with_the_waits_around_it(
    database: Database,
) -> None:
    orders, day, id = Orders(database), Day(database), JobId("tg-1")
    await orders.add(id, owner=ASHA, reply_to="", limits=OpenLimits(owner=9))
    await orders.start(id, by="gpu-1")
    made = replace(RESULT, timings_s={Stage.SPEAKING: 1.5, Stage.SYNCING: 7.0})
    await orders.start_sending(id, made)
    await orders.succeed(id)

    (one,) = await day.ended_since(datetime.now(UTC) - timedelta(minutes=1))

    assert set(one.stages_s) == {Stage.WAITING, Stage.SPEAKING, Stage.SYNCING, Stage.SENDING}
    assert one.stages_s[Stage.SYNCING] == 7.0
    assert 0 <= one.stages_s[Stage.WAITING] + one.stages_s[Stage.SENDING] <= one.took_s


async def test_totals_count_each_person_once_and_the_length_of_what_was_made(
    database: Database,
) -> None:
    orders, day = Orders(database), Day(database)
    came = datetime.now(UTC) - timedelta(minutes=1)
    for number, who in enumerate((ASHA, ASHA, RAVI), start=1):
        id = JobId(f"tg-{number}")
        await orders.add(id, owner=who, reply_to="", limits=OpenLimits(owner=9), speech_s=4.0)
    for id in (JobId("tg-1"), JobId("tg-3")):
        await orders.start_sending(id, RESULT)
        await orders.succeed(id)

    totals = await day.totals_since(came)

    assert totals == Totals(
        states={JobState.SUCCEEDED: 2, JobState.QUEUED: 1}, people=2, speech_s=8.0
    )
    nobody = await day.totals_since(datetime.now(UTC) + timedelta(seconds=1))
    assert nobody == Totals(states={}, people=0, speech_s=0.0)


async def test_a_worker_writes_over_what_it_wrote(database: Database) -> None:
    rows = VitalRows(database)
    card = Gpu(index=0, name="NVIDIA Test", temperature_c=54)

    await rows.write("gpu-1", Vitals(version="1"))
    await rows.write("gpu-1", Vitals(version="2", gpus=(card,)))

    (reading,) = await rows.all()
    assert reading.executor == "gpu-1"
    assert reading.vitals == Vitals(version="2", gpus=(card,))


async def test_an_incident_is_open_until_it_is_resolved(database: Database) -> None:
    incidents, now = Incidents(database), datetime.now(UTC)
    wrong = Incident(name="disk", since=now, text="5 %", message_id="7")

    await incidents.put(wrong)
    await incidents.put(Incident(name="disk", since=now, text="4 %", message_id="7"))
    assert [i.text for i in (await incidents.open()).values()] == ["4 %"]
    await incidents.resolve("disk")

    assert await incidents.open() == {}


async def test_faults_are_listed_newest_first(database: Database) -> None:
    incidents, before = Incidents(database), datetime.now(UTC) - timedelta(seconds=1)

    await incidents.note_fault("#K7Q2", "KeyError")
    await incidents.note_fault("#M3XD", "ValueError")

    listed = await incidents.faults_since(before, 5)
    assert [(f.incident, f.kind) for f in listed] == [
        ("#M3XD", "ValueError"),
        ("#K7Q2", "KeyError"),
    ]


async def test_whoever_blocked_the_bot_is_not_written_to_until_they_write_again(
    database: Database,
) -> None:
    people, now = People(database), datetime.now(UTC)
    await people.saw(ASHA, "en", now)
    await people.saw(RAVI, "hi", now - timedelta(days=3))

    await people.gone(ASHA)
    assert await people.reachable() == [RAVI]
    assert await people.count(now - timedelta(days=1)) == (0, 1)
    await people.saw(ASHA, "en", now)

    assert await people.reachable() == [ASHA, RAVI]
    assert await people.forget(RAVI)
    assert not await people.forget(RAVI)
