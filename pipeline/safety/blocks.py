"""Photos that may not speak: blocked by the operators or by the person in them.

A photo is known again by its print, exactly or by its looks; the photo itself is not kept. The
prints of what was ordered are kept beside the order, so that a complaint can block a photo that is
deleted by then. Where the rows lie is not known here.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from pipeline import errors
from pipeline.safety.audit import Audit, Event
from pipeline.safety.photo_print import is_same, print_of
from pipeline.types import JobId, Owner, PhotoPrint


class BlockRows(Protocol):
    """Where blocked prints and the prints of orders are kept."""

    async def block(self, id: str, photo: PhotoPrint, reason: str, at: datetime) -> None:
        """Add a blocked print."""

    async def blocked(self) -> list[PhotoPrint]:
        """List every blocked print."""
        ...

    async def keep_print(self, job_id: JobId, photo: PhotoPrint) -> None:
        """Keep the print of the photo of an order."""

    async def print_of_job(self, job_id: JobId) -> PhotoPrint | None:
        """Return the print of the photo of an order."""
        ...


class Blocks:
    """Refuse blocked photos, and block more."""

    def __init__(
        self,
        rows: BlockRows,
        audit: Audit,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        take_print: Callable[[Path], PhotoPrint] = print_of,
    ) -> None:
        self._rows, self._audit, self._now, self._print_of = rows, audit, now, take_print

    async def refuse(self, picture: Path) -> None:
        """Raise ``PhotoBlocked`` for the clean picture of a photo that may not speak."""
        blocked = await self._rows.blocked()
        if not blocked:
            return
        photo = await asyncio.to_thread(self._print_of, picture)
        if any(is_same(photo, other) for other in blocked):
            raise errors.PhotoBlocked

    async def admit(self, job_id: JobId, picture: Path) -> PhotoPrint:
        """Keep the print of the photo that is ordered now. Raises ``PhotoBlocked``."""
        await self.refuse(picture)
        photo = await asyncio.to_thread(self._print_of, picture)
        await self._rows.keep_print(job_id, photo)
        return photo

    async def block_photo(
        self, picture: Path, reason: str, who: Owner | None = None
    ) -> PhotoPrint:
        """Block a photo that is at hand; ``reason`` is a code, ``who`` asked for it."""
        photo = await asyncio.to_thread(self._print_of, picture)
        await self._block(photo, reason, who)
        return photo

    async def block_photo_of(self, job_id: JobId, reason: str, who: Owner | None = None) -> bool:
        """Block the photo of an order; False where its print is not known."""
        photo = await self._rows.print_of_job(job_id)
        if photo is None:
            return False
        await self._block(photo, reason, who)
        return True

    async def _block(self, photo: PhotoPrint, reason: str, who: Owner | None) -> None:
        id = f"b-{secrets.token_hex(8)}"
        await self._rows.block(id, photo, reason, self._now())
        await self._audit.record(
            Event.BLOCKED, who=who, about=id, photo=photo.sha256, reason=reason
        )
