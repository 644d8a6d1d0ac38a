"""What is wrong is said once, kept true, and said to be over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.admin.alerts import look_and_tell, wrongs
from bot.admin.health import Health, percentile, tally
from pipeline.line import LineMode, LineRow, WorkerCard
from pipeline.settings import Settings
from pipeline.settings.alerts import AlertSettings
from pipeline.store.day import Ended
from pipeline.types import EngineName, Job, JobId, JobState, Owner, VoiceChange, VoiceId
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WELL = Health(
    now=NOW,
    line=LineRow(),
    open_jobs=(),
    workers=(),
    vitals={},
    paces={},
    worker_paces={},
    day=(),
    faults=0,
    people=(0, 0),
    disk_free_bytes=60,
    disk_total_bytes=100,
    database_bytes=0,
    backed_up_at=None,
)
OPERATORS = -100777


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"alerts": AlertSettings(chat=OPERATORS, disk_free_pct=0, worker_s=30)}
    )


def names(health: Health) -> list[str]:
    return [wrong.name for wrong in wrongs(health, AlertSettings())]


def ended(
    count: int, state: JobState, *, change: VoiceChange | None = None, ago_s: float = 60
) -> Sequence[Ended]:
    one = Ended(
        id=JobId("tg-1"),
        state=state,
        took_s=10,
        finished_at=NOW - timedelta(seconds=ago_s),
        failure="render_failed" if state is JobState.FAILED else None,
        voice_id=VoiceId("v") if state is JobState.SUCCEEDED else None,
        voice_change=change,
    )
    return [one] * count


def card(name: str, *, is_alive: bool, gone_s: float = 0) -> WorkerCard:
    return WorkerCard(
        executor=name,
        lanes=(EngineName.WARP,),
        since=NOW,
        seen_at=NOW - timedelta(seconds=gone_s),
        is_alive=is_alive,
    )


def waiting(minutes: float) -> Job:
    return Job(
        id=JobId("tg-1"),
        owner=Owner("telegram:1"),
        reply_to="",
        state=JobState.QUEUED,
        created_at=NOW - timedelta(minutes=minutes),
    )


def test_a_service_that_does_well_alarms_nobody() -> None:
    busy = replace(
        WELL,
        workers=[card("a", is_alive=True), card("b", is_alive=False, gone_s=10)],
        open_jobs=[waiting(9)],
        day=[
            *ended(40, JobState.SUCCEEDED),
            *ended(4, JobState.FAILED),
            *ended(9, JobState.CANCELLED),
        ],
    )

    assert names(WELL) == []
    assert names(busy) == []


def test_each_thing_that_is_wrong_has_its_name() -> None:
    stand_in = VoiceChange.UNAVAILABLE

    assert names(replace(WELL, workers=[card("b", is_alive=False, gone_s=61)])) == ["alert.worker"]
    assert names(replace(WELL, open_jobs=[waiting(10)])) == ["alert.queue"]
    assert names(replace(WELL, disk_free_bytes=9)) == ["alert.disk"]
    assert names(replace(WELL, day=ended(3, JobState.FAILED))) == ["alert.errors"]
    down = ended(5, JobState.SUCCEEDED, change=stand_in)
    assert names(replace(WELL, day=down)) == ["alert.speech"]
    assert names(replace(WELL, day=[*ended(1, JobState.SUCCEEDED), *down])) == []


def test_failures_of_longer_ago_and_a_line_that_an_operator_holds_alarm_nobody() -> None:
    long_ago = ended(9, JobState.FAILED, ago_s=2 * 3600)
    held = LineRow(mode=LineMode.PAUSED)

    assert names(replace(WELL, day=long_ago)) == []
    assert names(replace(WELL, open_jobs=[waiting(60)], line=held)) == []


def test_a_tally_counts_and_finds_the_slowest() -> None:
    took = [replace(ended(1, JobState.SUCCEEDED)[0], took_s=float(n)) for n in range(1, 101)]

    counted = tally([*took, *ended(25, JobState.FAILED)])

    assert (counted.p50_s, counted.p95_s, counted.success_pct) == (50, 95, 80)
    assert counted.errors == [("render_failed", 25)]
    assert percentile([], 95) == 0


async def test_one_message_per_incident_that_is_edited_and_resolved(bot: Bot) -> None:
    def lose(*workers: str) -> None:
        gone = datetime.now(UTC) - timedelta(minutes=5)
        bot.services.jobs.cards = [
            replace(card(name, is_alive=False), seen_at=gone) for name in workers
        ]

    lose("gpu-1")
    await look_and_tell(bot.app)
    await look_and_tell(bot.app)
    lose("gpu-1", "gpu-2")
    await look_and_tell(bot.app)
    lose()
    await look_and_tell(bot.app)
    await look_and_tell(bot.app)

    (said,) = bot.telegram.of("sendMessage")
    assert said.values["chat_id"] == OPERATORS
    assert "Worker lost" in said.text
    assert "gpu-1 not seen" in said.text
    *_, changed, over = bot.telegram.of("editMessageText")
    assert "gpu-1, gpu-2 not seen" in changed.text
    assert over.text.startswith("🟢 <b>Worker lost</b> is over")


async def test_a_message_that_was_deleted_is_said_anew(bot: Bot) -> None:
    gone = datetime.now(UTC) - timedelta(minutes=5)
    bot.services.jobs.cards = [replace(card("gpu-1", is_alive=False), seen_at=gone)]
    await look_and_tell(bot.app)
    bot.services.jobs.cards.append(replace(card("gpu-2", is_alive=False), seen_at=gone))
    bot.telegram.fails(
        "editMessageText",
        Refusal(status=400, description="Bad Request: message to edit not found"),
    )

    await look_and_tell(bot.app)

    assert len(bot.telegram.of("sendMessage")) == 2


async def test_its_age_is_told_once_there_is_something_to_tell(bot: Bot) -> None:
    now, incidents = datetime.now(UTC), bot.services.community.incidents
    bot.services.jobs.cards = [
        replace(card("gpu-1", is_alive=False), seen_at=now - timedelta(minutes=5))
    ]
    await look_and_tell(bot.app)
    (incident,) = (await incidents.open()).values()
    await incidents.put(replace(incident, since=now - timedelta(minutes=7)))

    await look_and_tell(bot.app)

    (said,), (edited,) = bot.telegram.of("sendMessage"), bot.telegram.of("editMessageText")
    assert edited.text == f"{said.text}\nIt has been so for 7 minutes."
