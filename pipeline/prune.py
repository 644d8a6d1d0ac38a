"""Delete by age: what finished jobs left, drafts nobody completed, folders of dead processes.

Safe at any time: an unfinished job keeps everything, and what two prunes both find is deleted
once. Age comes from the settings and from the clock that is passed in.

Where the next one goes: another kind of leftover is a function here and a field of ``Pruned``.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline import errors
from pipeline.settings import Settings
from pipeline.speech import speech_shelf
from pipeline.store import ArtifactStore
from pipeline.store.drafts import Drafts
from pipeline.store.orders import Orders
from pipeline.types import JobId

log = logging.getLogger(__name__)

KEEP_ROWS = timedelta(days=90)
"""How long the rows of finished jobs stay: they hold neither scripts nor pictures."""
EVERY_S = 600.0
KEEP_SCRATCH = timedelta(hours=1)
"""A living render touches its folder more often."""
KEEP_SCRATCH_OF_FINAL = timedelta(minutes=1)
"""Nobody goes on with a final job: its folder was left by a process that died."""
SCRATCH_OF = re.compile(r"(send-|preview-)?(?P<job>.+?)(-preview)?")
"""The names that jobs give to their folders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many things were deleted."""

    artifacts: int
    drafts: int
    scratch_folders: int
    rows: int
    speeches: int = 0
    """Speeches that were kept to be used again."""


async def keep_pruning(
    settings: Settings, store: ArtifactStore, drafts: Drafts, orders: Orders, stop: asyncio.Event
) -> None:
    """Prune now and every ten minutes until ``stop``; a store that is away is asked again."""
    while not stop.is_set():
        try:
            pruned = await prune(settings, store, drafts, orders, datetime.now(UTC))
            log.info("pruned: %s", asdict(pruned))
        except errors.StoreError as e:
            log.warning("not pruned: %s", e)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_S)


async def prune(
    settings: Settings, store: ArtifactStore, drafts: Drafts, orders: Orders, now: datetime
) -> Pruned:
    """Delete what is older than its time. Raises ``StoreUnavailable``."""
    keep_since = now - timedelta(hours=settings.store.keep_hours)
    expired = await _drafts(drafts, store, now - timedelta(minutes=settings.store.draft_minutes))
    artifacts = await _jobs(orders, store, keep_since) + await _orphans(
        drafts, store, keep_since, now
    )
    return Pruned(
        artifacts=artifacts,
        drafts=expired,
        scratch_folders=await _scratch(orders, settings.scratch_dir, now),
        rows=await _rows(orders, now - KEEP_ROWS),
        speeches=await _speeches(settings, now),
    )


async def _speeches(settings: Settings, now: datetime) -> int:
    """Delete speech that was kept to be used again; the shelf itself knows its limits."""
    shelf = speech_shelf(settings.speech, settings.speech_dir, now.timestamp)
    return await asyncio.to_thread(shelf.tidy)


async def _drafts(drafts: Drafts, store: ArtifactStore, before: datetime) -> int:
    count = 0
    for draft in await drafts.expired(before):
        newest = await drafts.get(draft.key)
        if newest is None or newest.updated_at >= before:
            continue  # its person came back in the meantime
        for key in draft.artifacts:
            await store.delete(key)
        await drafts.delete(draft.key)
        count += 1
    return count


async def _jobs(orders: Orders, store: ArtifactStore, before: datetime) -> int:
    """Delete the artifacts of jobs that ended before that time, or that no row knows."""
    ended = set(await orders.finished_before(before))
    old = {JobId(key.split("/")[1]) for key in await store.list_older("jobs", before)}
    count = 0
    for job_id in sorted(old):
        if job_id in ended or await orders.find(job_id) is None:
            count += await store.delete_under(f"jobs/{job_id}")
    return count


async def _orphans(drafts: Drafts, store: ArtifactStore, before: datetime, now: datetime) -> int:
    """Delete what drafts left whose row is gone; a photo that waits for more words stays."""
    old = await store.list_older("drafts", before)
    waiting = await drafts.expired(now) if old else []
    living = {key for draft in waiting for key in draft.artifacts}
    orphans = [key for key in old if key not in living]
    for key in orphans:
        await store.delete(key)
    return len(orphans)


async def _scratch(orders: Orders, scratch_dir: Path, now: datetime) -> int:
    count = 0
    old = set(await asyncio.to_thread(_untouched, scratch_dir, now - KEEP_SCRATCH))
    for folder in await asyncio.to_thread(_untouched, scratch_dir, now - KEEP_SCRATCH_OF_FINAL):
        named = SCRATCH_OF.fullmatch(folder.name)
        job = await orders.find(JobId(named["job"])) if named else None
        if folder in old if job is None else job.state.is_final:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            count += 1
    return count


def _untouched(parent: Path, before: datetime) -> list[Path]:
    """List the folders in which nothing changed since that time."""
    folders = [path for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []
    return [folder for folder in folders if _newest_change_s(folder) < before.timestamp()]


def _newest_change_s(folder: Path) -> float:
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    except FileNotFoundError:  # its owner deletes it right now
        return math.inf


async def _rows(orders: Orders, before: datetime) -> int:
    old = await orders.finished_before(before)
    for job_id in old:
        await orders.delete(job_id)
    return len(old)
