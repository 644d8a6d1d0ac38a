"""The parent's end of the verify child: videos go in, findings come out.

Each video gets a process of its own, confined to a folder where nothing lies but that video: a
hostile one can cost that process its life and nothing else. Knows paths; knows no pixel.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from pipeline import errors
from pipeline.child import Child
from pipeline.safety.mark import tag_of
from pipeline.safety.seal import mark_key
from pipeline.safety.verdict import FINDINGS, ORDERS, Finding, VerifyOrder
from pipeline.settings import FootageSettings, Settings
from pipeline.types import Job, JobId

MODULE = "pipeline.safety"
LIMIT_S = 60.0
LEAST_SIDE_PX = 64
AT_ONCE = 2
"""How many are examined at the same time; others wait."""


class OrderRows(Protocol):
    """What is asked of the rows of orders."""

    async def find(self, id: JobId) -> Job | None:
        """Return the order, if there is one."""
        ...

    async def unfinished(self) -> list[Job]:
        """List those that are not final."""
        ...

    async def finished_before(self, before: datetime) -> list[JobId]:
        """List those that became final before a time."""
        ...


class VerifyDesk:
    """Has videos examined, each in a process of its own."""

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self._settings = settings.provenance_in_place
        self._limits = FootageSettings(
            max_bytes=settings.footage.max_bytes,
            max_pixels=settings.footage.max_pixels,
            min_side_px=LEAST_SIDE_PX,
            max_s=settings.footage.max_s,
        )
        self._environment = dict(environment)
        self._free = asyncio.Semaphore(AT_ONCE)

    async def examine(self, video: Path) -> Finding:
        """Say whose a video is. Raises a ``FootageError``, ``SettingsInvalid``.

        ``ChildDied`` and ``ChildTimedOut`` become ``VideoUnreadable``: what kills its examiner is
        no video.
        """
        async with self._free:
            folder = await asyncio.to_thread(_folder_with, video, self._limits.max_bytes)
            child = Child("verify", MODULE, self._environment, str(folder))
            try:
                order = await asyncio.to_thread(self._order, folder / "video")
                message = ORDERS.dump_python(order, mode="json")
                return FINDINGS.validate_python(await child.ask(message, limit_s=LIMIT_S))
            except (errors.ChildDied, errors.ChildTimedOut) as e:
                raise errors.VideoUnreadable("examining it took too much") from e
            finally:
                await child.close()
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def job_of(self, finding: Finding, orders: OrderRows) -> Job | None:
        """Find whose video it was: by the job that it names, else by what its mark tells."""
        if finding.job_id is not None:
            return await orders.find(finding.job_id)
        if finding.mark_tag is None:
            return None
        key = await asyncio.to_thread(mark_key, self._settings)
        ids = [job.id for job in await orders.unfinished()]
        ids += await orders.finished_before(datetime.now(UTC))
        for id in ids:
            if tag_of(key, id) != finding.mark_tag:
                continue
            job = await orders.find(id)
            if job and finding.made_on and _is_near(job.created_at.date(), finding.made_on):
                return job
        return None

    def _order(self, video: Path) -> VerifyOrder:
        from pipeline.safety.certificate import load_trust

        trust = load_trust(self._settings)
        return VerifyOrder(
            video=video,
            roots_pem=trust.roots_pem,
            names=tuple(sorted(trust.names)),
            mark_key=mark_key(self._settings).hex(),
            limits=self._limits,
        )


def _is_near(one: date, other: date) -> bool:
    """Tell whether a job of one day may have made a video of the other: it may have waited."""
    return abs((one - other).days) <= 1


def _folder_with(video: Path, max_bytes: int) -> Path:
    """Make a private folder that holds nothing but the video. Raises ``FootageError``."""
    if not video.is_file():
        raise errors.VideoUnreadable("there is no such file")
    if video.stat().st_size > max_bytes:
        sizes = (f"{video.stat().st_size / 1e6:.1f} MB", f"{max_bytes / 1e6:g} MB")
        raise errors.VideoTooLarge(*sizes)
    folder = Path(tempfile.mkdtemp(prefix="bolti-verify-")).resolve()
    try:
        os.link(video.resolve(), folder / "video")
    except OSError:  # another disk
        try:
            shutil.copyfile(video, folder / "video")
        except OSError as e:
            shutil.rmtree(folder, ignore_errors=True)
            raise errors.DiskFull("the video") from e
    return folder
