"""Figures that are read when somebody asks for the metrics: the line, the cards, the disk.

Where the next one goes: a gauge in ``metrics.py``, a function here, its name in ``readings_of`` or
in ``line_of``.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pipeline import metrics
from pipeline.gpus import Gpu, read_gpus
from pipeline.types import JobState
from pipeline.version import commit, version

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

OPEN = (JobState.QUEUED, JobState.RUNNING)


def readings_of(services: Services) -> list[Callable[[], Awaitable[None]]]:
    """Name what every process can tell of its own machine."""
    metrics.BUILD.info({"version": version(), "commit": commit()})
    return [partial(_disk, services), _cards]


def line_of(services: Services) -> list[Callable[[], Awaitable[None]]]:
    """Name what one process tells for all: the one with the door."""
    return [partial(_line, services), partial(_reports, services)]


async def _disk(services: Services) -> None:
    usage = await asyncio.to_thread(shutil.disk_usage, services.settings.data_dir.resolve())
    metrics.DISK_FREE_BYTES.set(usage.free)


async def _cards() -> None:
    show_cards(await asyncio.to_thread(read_gpus))


def show_cards(cards: Sequence[Gpu]) -> None:
    """Set the gauges of these cards; what a card does not tell is not shown."""
    for card in cards:
        gpu = str(card.index)
        if card.memory_used_bytes is not None and card.memory_total_bytes is not None:
            metrics.GPU_MEMORY_BYTES.labels(gpu=gpu, kind="used").set(card.memory_used_bytes)
            metrics.GPU_MEMORY_BYTES.labels(gpu=gpu, kind="total").set(card.memory_total_bytes)
        if card.load_pct is not None:
            metrics.GPU_LOAD_PCT.labels(gpu=gpu).set(card.load_pct)
        if card.temperature_c is not None:
            metrics.GPU_TEMPERATURE_C.labels(gpu=gpu).set(card.temperature_c)


async def _line(services: Services) -> None:
    unfinished = await services.jobs.unfinished()
    states = Counter(job.state for job in unfinished)
    for state in OPEN:
        metrics.JOBS_OPEN.labels(state=state).set(states[state])
    came = [job.created_at for job in unfinished if job.state is JobState.QUEUED]
    oldest = min(came, default=None)
    waited_s = (datetime.now(UTC) - oldest).total_seconds() if oldest is not None else 0.0
    metrics.JOBS_OLDEST_WAIT_S.set(waited_s)


async def _reports(services: Services) -> None:
    metrics.REPORTS_OPEN.set(len(await services.reports.undecided()))
