"""Blocked photos, and the prints of the photos of orders; never a photo itself."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import JobId, PhotoPrint

BLOCKED = sa.Table(
    "blocked_photos",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("look", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("blocked_at", UtcTime, nullable=False),
)
PRINTS = sa.Table(
    "photo_prints",
    METADATA,
    sa.Column("job_id", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("look", sa.Text, nullable=False),
)


class BlockTable:
    """The blocked photos of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def block(self, id: str, photo: PhotoPrint, reason: str, at: datetime) -> None:
        """Add a blocked print."""
        row = {
            "id": id,
            "sha256": photo.sha256,
            "look": photo.look,
            "reason": reason,
            "blocked_at": at,
        }

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.insert(BLOCKED).values(row))

        await self._database.write(work)

    async def blocked(self) -> list[PhotoPrint]:
        """List every blocked print."""
        query = sa.select(BLOCKED.c.sha256, BLOCKED.c.look)

        def work(connection: sa.Connection) -> list[PhotoPrint]:
            return [PhotoPrint(sha256=a, look=b) for a, b in connection.execute(query)]

        return await self._database.read(work)

    async def keep_print(self, job_id: JobId, photo: PhotoPrint) -> None:
        """Keep the print of the photo of an order; the same order again keeps the first."""
        insert = self._database.insert(PRINTS).values(
            job_id=job_id, sha256=photo.sha256, look=photo.look
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(insert.on_conflict_do_nothing(index_elements=["job_id"]))

        await self._database.write(work)

    async def print_of_job(self, job_id: JobId) -> PhotoPrint | None:
        """Return the print of the photo of an order."""
        query = sa.select(PRINTS.c.sha256, PRINTS.c.look).where(PRINTS.c.job_id == job_id)

        def work(connection: sa.Connection) -> PhotoPrint | None:
            row = connection.execute(query).one_or_none()
            return PhotoPrint(sha256=row.sha256, look=row.look) if row else None

        return await self._database.read(work)
