"""How the service does, as values: what ``/status`` shows and what alerts are made of.

Reads rows and the jobs' own views; judges only what has a number. Blocking looks run in threads.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.line import LineRow, Pace, WorkerCard
from pipeline.store.day import Ended
from pipeline.store.vitals import Vitals
from pipeline.types import EngineName, Job, JobState, Stage, Voice, VoiceChange, VoiceId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.bootstrap import Services

DAY = timedelta(hours=24)
SPEECH_FAULTS = frozenset({"speech_unavailable", "speech_failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One look at everything."""

    now: datetime
    line: LineRow
    open_jobs: Sequence[Job]
    """Unfinished, the oldest first."""
    workers: Sequence[WorkerCard]
    vitals: Mapping[str, Vitals]
    """A worker's name -> how its machine is."""
    paces: Mapping[EngineName, Pace]
    worker_paces: Mapping[str, Pace]
    day: Sequence[Ended]
    """What ended within 24 hours, the newest first."""
    faults: int
    people: tuple[int, int]
    """Who wrote within 24 hours; who has blocked the bot."""
    disk_free_bytes: int
    disk_total_bytes: int
    database_bytes: int
    backed_up_at: datetime | None
    """When the database was copied last, as far as that is known here."""
    report_minutes: Sequence[int] = ()
    """How long each complaint that waits may still wait; below zero it is late."""

    @property
    def running(self) -> list[Job]:
        """What is being made."""
        return [job for job in self.open_jobs if job.state is JobState.RUNNING]

    @property
    def waiting(self) -> list[Job]:
        """What stands in line."""
        return [job for job in self.open_jobs if job.state is JobState.QUEUED]

    @property
    def oldest_wait_s(self) -> float:
        """How long whoever waits longest has waited; 0 when nobody does."""
        return max(
            ((self.now - job.created_at).total_seconds() for job in self.waiting), default=0
        )

    @property
    def disk_free_pct(self) -> float:
        """How much of the disk is free."""
        return 100 * self.disk_free_bytes / max(1, self.disk_total_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTimes:
    """How long a stage took in the orders of a time."""

    stage: Stage
    p50_s: float
    p95_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the orders of a time."""

    made: int
    failed: int
    cancelled: int
    p50_s: float
    p95_s: float
    stages: Sequence[StageTimes]
    errors: Sequence[tuple[str, int]]
    """The most frequent codes of failures."""

    @property
    def success_pct(self) -> float:
        """How many of those that were not cancelled were made."""
        return 100 * self.made / max(1, self.made + self.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechHealth:
    """How a provider of speech does."""

    provider: str
    spoken: int
    last_spoke_at: datetime | None


async def look(services: Services) -> Health:
    """Look at everything."""
    jobs, community = services.jobs, services.community
    now = datetime.now(UTC)
    disk = await asyncio.to_thread(shutil.disk_usage, services.settings.data_dir.resolve())
    readings = await community.vitals.all()
    return Health(
        now=now,
        line=await jobs.mode(),
        open_jobs=await jobs.unfinished(),
        workers=await jobs.workers(),
        vitals={reading.executor: reading.vitals for reading in readings},
        paces=await jobs.paces(),
        worker_paces=await jobs.worker_paces(),
        day=await community.day.ended_since(now - DAY),
        faults=len(await community.incidents.faults_since(now - DAY, limit=1000)),
        people=await community.people.count(now - DAY),
        disk_free_bytes=disk.free,
        disk_total_bytes=disk.total,
        database_bytes=await services.database_size(),
        backed_up_at=await services.backups.newest() if services.backups else None,
        report_minutes=[
            services.reports.minutes_left(report) for report in await services.reports.undecided()
        ],
    )


def tally(ended: Sequence[Ended], most_errors: int = 3) -> Tally:
    """Count, and find the median and the 95th percentile of how long a video took."""
    states = Counter(one.state for one in ended)
    took = sorted(one.took_s for one in ended if one.state is JobState.SUCCEEDED)
    codes = Counter(one.failure for one in ended if one.failure is not None)
    return Tally(
        made=states[JobState.SUCCEEDED],
        failed=states[JobState.FAILED],
        cancelled=states[JobState.CANCELLED],
        p50_s=percentile(took, 50),
        p95_s=percentile(took, 95),
        stages=_stages(ended),
        errors=codes.most_common(most_errors),
    )


def _stages(ended: Sequence[Ended]) -> list[StageTimes]:
    """Find the same for every stage that was measured, in the order in which they come."""
    found = []
    for stage in Stage:
        took = sorted(one.stages_s[stage] for one in ended if stage in one.stages_s)
        if took:
            p50_s, p95_s = percentile(took, 50), percentile(took, 95)
            found.append(StageTimes(stage=stage, p50_s=p50_s, p95_s=p95_s))
    return found


def percentile(ordered: Sequence[float], pct: int) -> float:
    """Give the smallest value that ``pct`` per cent do not exceed; 0 of nothing."""
    return ordered[max(0, -(-len(ordered) * pct // 100) - 1)] if ordered else 0.0


def speech_health(
    ended: Sequence[Ended], voices: Mapping[VoiceId, Voice], chain: Sequence[str]
) -> list[SpeechHealth]:
    """Tell of each provider in the chain how much it spoke, and when last."""
    spoke: dict[str, list[datetime]] = {name: [] for name in chain}
    for one in ended:
        voice = voices.get(one.voice_id) if one.voice_id is not None else None
        if voice is not None:
            spoke.setdefault(voice.provider, []).append(one.finished_at)
    return [
        SpeechHealth(provider=name, spoken=len(times), last_spoke_at=max(times, default=None))
        for name, times in spoke.items()
    ]


def stood_in(ended: Sequence[Ended]) -> int:
    """Count the videos in which another voice had to speak because its own was not there."""
    return sum(one.voice_change is VoiceChange.UNAVAILABLE for one in ended)


def is_speech_down(ended: Sequence[Ended], at_least: int) -> bool:
    """Tell whether of the last few videos none had the voice that was asked for."""
    spoken = [one for one in ended if one.voice_id is not None or one.failure in SPEECH_FAULTS]
    last = spoken[:at_least]
    return len(last) == at_least and all(
        one.voice_change is VoiceChange.UNAVAILABLE or one.failure in SPEECH_FAULTS for one in last
    )
