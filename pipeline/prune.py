"""Delete by age: what finished jobs left, drafts nobody completed, folders of dead processes.

Safe at any time: an unfinished job keeps everything, and what two prunes both find is deleted
once. Age comes from the settings and from the clock that is passed in. How long the rows of each
table live stands in ``store/lives.py``, for the job engine's in ``jobs/past.py``.

Where the next one goes: another kind of leftover is a function here and a field of ``Pruned``;
another folder is a line in ``FOLDERS``, or a test fails.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline import errors
from pipeline.booth import is_abandoned, is_booth
from pipeline.records import Records
from pipeline.sealing import SHELF, sealer_of
from pipeline.settings import Settings
from pipeline.speech import speech_shelf
from pipeline.store import ArtifactStore
from pipeline.store.drafts import Drafts
from pipeline.store.orders import Orders
from pipeline.types import JobId

log = logging.getLogger(__name__)

FOLDERS: Final[Mapping[str, str]] = {
    "artifacts": "jobs/ goes store.keep_hours after the job ended, drafts/ with its draft",
    "backups": "a copy goes when it is none of 24 hourly and 7 daily ones; none outlives a week",
    "scratch": "goes with its job, or an hour after its process died; a booth's with its process",
    "speech": "goes speech.cache_hours after it was made, sooner above speech.cache_bytes",
    "bolti.db": "stays; what its rows do stands in store/lives.py and jobs/past.py",
    "consents.jsonl": "stays: the proof of who agreed at this machine, one line each",
    "kernels": "stays: what was compiled for the graphics card",
    "keys": "stays: what seals the audit trail",
    "provenance": "stays: who signs the videos",
    "weights": "stays: fetched by the operator",
}
"""Everything that lies in ``data_dir``, and how long it lives."""
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
    workflows: int = 0
    """What the job engine knew of work that ended."""
    backups: int = 0


async def keep_pruning(settings: Settings, records: Records, stop: asyncio.Event) -> None:
    """Prune now and every ten minutes until ``stop``; a store that is away is asked again."""
    while not stop.is_set():
        try:
            pruned = await prune(settings, records, datetime.now(UTC))
            log.info("pruned: %s", asdict(pruned))
        except errors.StoreError as e:
            log.warning("not pruned: %s", e)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_S)


async def prune(settings: Settings, records: Records, now: datetime) -> Pruned:
    """Delete what is older than its time. Raises ``StoreUnavailable``."""
    store, drafts, orders = records.store, records.drafts, records.orders
    keep_since = now - timedelta(hours=settings.store.keep_hours)
    draft = timedelta(minutes=settings.store.draft_minutes)
    expired = await _drafts(drafts, store, now - draft)
    artifacts = await _jobs(orders, store, keep_since) + await _orphans(
        drafts, store, keep_since, now
    )
    return Pruned(
        artifacts=artifacts,
        drafts=expired,
        scratch_folders=await _scratch(orders, settings.scratch_dir, now),
        rows=(await records.old_rows.delete(now, draft=draft)).total(),
        speeches=await _speeches(settings, now),
        workflows=await _workflows(settings, orders, keep_since),
        backups=await records.backups.tidy(now) if records.backups else 0,
    )


async def _workflows(settings: Settings, orders: Orders, before: datetime) -> int:
    """Delete what the job engine knows of orders of which nothing is stored any more."""
    from pipeline.jobs.past import delete_past  # DBOS comes with it

    return await delete_past(settings.database_url, orders.still_needed, before)


async def _speeches(settings: Settings, now: datetime) -> int:
    """Delete speech that was kept to be used again; the shelf itself knows its limits."""
    shelf = speech_shelf(
        settings.speech, settings.speech_dir, sealer_of(settings.store, SHELF), now.timestamp
    )
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
    old = {JobId(key.split("/")[1]) for key in await store.list_older("jobs", before)}
    needed = await orders.still_needed(sorted(old), before)
    count = 0
    for job_id in sorted(old - needed):
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
        if await _is_over(folder, orders, is_old=folder in old):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            count += 1
    return count


async def _is_over(folder: Path, orders: Orders, *, is_old: bool) -> bool:
    """Tell whether nobody needs a scratch folder any more."""
    if is_booth(folder):
        return is_abandoned(folder)
    named = SCRATCH_OF.fullmatch(folder.name)
    job = await orders.find(JobId(named["job"])) if named else None
    return is_old if job is None else job.state.is_final


def _untouched(parent: Path, before: datetime) -> list[Path]:
    """List the folders in which nothing changed since that time."""
    folders = [path for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []
    return [folder for folder in folders if _newest_change_s(folder) < before.timestamp()]


def _newest_change_s(folder: Path) -> float:
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    except FileNotFoundError:  # its owner deletes it right now
        return math.inf
