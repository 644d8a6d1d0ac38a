"""What a person may ask of us about themselves: a copy of everything, and that it be gone.

Everything is rows, artifacts, scratch folders and kept speech. Speech is kept by content, not by
person, so forgetting empties that shelf for everybody: it is only a cache. The audit trail keeps
its rows, which name nobody. Not known here: how a person asks and how they are told.

Where the next one goes: another place where something of a person lies is a line in ``forget``,
and one in ``export``.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline import errors
from pipeline.records import Records
from pipeline.safety.audit import Event
from pipeline.settings import Settings
from pipeline.types import ArtifactKey, AuditRow, JobId, Owner

EXPORT_BYTES: Final = 45_000_000
"""What a chat takes as one file, with room to spare."""
USES_KEPT: Final = timedelta(hours=24)
FUTURE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was deleted, and what had to stay."""

    rows: int
    files: int
    unfinished: int
    """Orders that could not be stopped any more: their video is just being sent."""


class Rights:
    """Hands out and deletes what there is about a person."""

    def __init__(self, records: Records, settings: Settings) -> None:
        self._records, self._settings = records, settings

    async def export(self, who: Owner, into: Path) -> list[str]:
        """Write a ZIP with every row (``data.json``) and file; name what did not fit.

        Raises ``StoreUnavailable``, ``DiskFull``.
        """
        keys = await self._keys(who)
        rows = await self._records.personal.of(who)
        left_out: list[str] = []
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            told = json.dumps(rows, ensure_ascii=False, indent=1)
            await asyncio.to_thread(archive.writestr, "data.json", told)
            for key in keys:
                if archive.fp is not None and archive.fp.tell() > EXPORT_BYTES:
                    left_out.append(key)
                    continue
                await self._add(key, archive, into)
        await self._records.audit.record(Event.EXPORTED, who=who)
        return left_out

    async def forget(self, who: Owner, unstoppable: Sequence[JobId]) -> Forgotten:
        """Delete everything of somebody; their orders are stopped already, but for some.

        Raises ``StoreUnavailable``. Safe to repeat.
        """
        files = 0
        for key in await self._keys(who):
            if not _is_of(key, unstoppable):
                await self._records.store.delete(key)
                files += 1
        for job_id in await self._records.personal.job_ids(who):
            if job_id not in unstoppable:
                await asyncio.to_thread(_remove, self._settings.scratch_dir / job_id)
        await asyncio.to_thread(_remove, self._settings.speech_dir / "cache")
        rows = await self._records.personal.delete(
            who, keep_jobs=unstoppable, uses_since=datetime.now(UTC) - USES_KEPT
        )
        await self._records.audit.record(
            Event.FORGOTTEN, who=who, files=files, rows=sum(rows.values())
        )
        return Forgotten(rows=sum(rows.values()), files=files, unfinished=len(unstoppable))

    async def forget_again(
        self, present: AsyncIterator[AuditRow], former: AsyncIterator[AuditRow]
    ) -> int:
        """Forget whoever was forgotten after this database was copied; tell how many.

        ``former`` is the trail of the database that the copy took the place of, ``present`` its
        own. Raises ``StoreUnavailable``.
        """
        known = {row.digest async for row in present if row.event == Event.FORGOTTEN}
        since = {
            row.who
            async for row in former
            if row.event == Event.FORGOTTEN and row.digest not in known
        }
        people = await self._records.personal.everybody() if since else set()
        again = [who for who in people if self._records.audit.pseudonym(who) in since]
        for who in again:
            await self.forget(who, ())
        return len(again)

    async def _keys(self, who: Owner) -> list[ArtifactKey]:
        """List every artifact of somebody: of their orders, and of their drafts in every chat."""
        later = datetime.now(UTC) + FUTURE
        number = who.rpartition(":")[2]
        drafts = await self._records.store.list_older("drafts", later)
        keys = [key for key in drafts if key.split("/")[1].endswith(f"_{number}")]
        for job_id in await self._records.personal.job_ids(who):
            keys += await self._records.store.list_older(f"jobs/{job_id}", later)
        return sorted(keys)

    async def _add(self, key: ArtifactKey, archive: zipfile.ZipFile, beside: Path) -> None:
        part = beside.with_suffix(".part")
        try:
            await self._records.store.fetch(key, part)
            await asyncio.to_thread(archive.write, part, key)
        except errors.ArtifactMissing:
            return  # its time came in this very moment
        finally:
            part.unlink(missing_ok=True)


def _is_of(key: ArtifactKey, jobs: Sequence[JobId]) -> bool:
    return any(key.startswith(f"jobs/{job_id}/") for job_id in jobs)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
