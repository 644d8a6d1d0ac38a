"""The parent's end of the verify child: videos go in, findings come out.

Each video gets a process of its own, confined to a folder where nothing lies but that video: a
hostile one can cost that process its life and nothing else. Knows paths; knows no pixel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from pipeline import errors
from pipeline.booth import Booth
from pipeline.child import Message
from pipeline.safety.mark import tag_of
from pipeline.safety.seal import mark_key
from pipeline.safety.verdict import FINDINGS, ORDERS, Finding, VerifyOrder
from pipeline.settings import FootageSettings, Settings
from pipeline.types import Job, JobId

MODULE = "pipeline.safety"
LIMIT_S = 60.0
LEAST_SIDE_PX = 64
A_DAY = timedelta(days=1)
AT_ONCE = 2
"""How many are examined at the same time; others wait."""


class OrderRows(Protocol):
    """What is asked of the rows of orders."""

    async def find(self, id: JobId) -> Job | None:
        """Return the order, if there is one."""
        ...

    async def accepted_between(self, since: datetime, until: datetime) -> list[JobId]:
        """List those that were accepted in a time."""
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
        self._environment, self._scratch_dir = dict(environment), settings.scratch_dir
        self._free = asyncio.Semaphore(AT_ONCE)

    async def examine(self, video: Path) -> Finding:
        """Say whose a video is. Raises a ``FootageError``, ``SettingsInvalid``.

        ``ChildDied`` and ``ChildTimedOut`` become ``VideoUnreadable``: what kills its examiner is
        no video.
        """
        from pipeline.safety.certificate import load_trust

        await asyncio.to_thread(_refuse, video, self._limits.max_bytes)
        async with self._free:
            trust = await asyncio.to_thread(load_trust, self._settings)
            key = await asyncio.to_thread(mark_key, self._settings)

            def order(given: Path, _: Path) -> Message:
                asked = VerifyOrder(
                    video=given,
                    roots_pem=trust.roots_pem,
                    names=tuple(sorted(trust.names)),
                    mark_key=key.hex(),
                    limits=self._limits,
                )
                message: Message = ORDERS.dump_python(asked, mode="json")
                return message

            booth = Booth("verify", MODULE, self._environment, self._scratch_dir)
            most_bytes = self._limits.max_bytes
            try:
                answer = await booth.show(video, order, most_bytes=most_bytes, limit_s=LIMIT_S)
            except (errors.ChildDied, errors.ChildTimedOut) as e:
                raise errors.VideoUnreadable("examining it took too much") from e
            finally:
                await booth.close()
            return FINDINGS.validate_python(answer)

    async def job_of(self, finding: Finding, orders: OrderRows) -> Job | None:
        """Find whose video it was: by the job that it names, else by what its mark tells."""
        if finding.job_id is not None:
            return await orders.find(finding.job_id)
        if finding.mark_tag is None or finding.made_on is None:
            return None
        key = await asyncio.to_thread(mark_key, self._settings)
        day = datetime.combine(finding.made_on, time(), UTC)
        # It may have waited for a day, and the mark tells no more than the day of its making.
        for id in await orders.accepted_between(day - A_DAY, day + 2 * A_DAY):
            if tag_of(key, id) == finding.mark_tag:
                return await orders.find(id)
        return None


def _refuse(video: Path, max_bytes: int) -> None:
    """Raise before anything is started: no file, or one of too many bytes."""
    if not video.is_file():
        raise errors.VideoUnreadable("there is no such file")
    if video.stat().st_size > max_bytes:
        sizes = (f"{video.stat().st_size / 1e6:.1f} MB", f"{max_bytes / 1e6:g} MB")
        raise errors.VideoTooLarge(*sizes)
