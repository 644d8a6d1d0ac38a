"""Who has spoken to the bot in private and may be written to; who has blocked it since.

Only that: no name, no word. Whoever asks for all of it to be forgotten is deleted here too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import Owner

PEOPLE = sa.Table(
    "people",
    METADATA,
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("is_gone", sa.Boolean, nullable=False),
)


class People:
    """Everybody whom the bot knows in private."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def saw(self, who: Owner, language: str, now: datetime) -> None:
        """Remember that somebody wrote, and in which language to write back."""
        values: dict[str, Any] = {"language": language, "seen_at": now, "is_gone": False}
        upsert = (
            self._database.insert(PEOPLE)
            .values(who=who, **values)
            .on_conflict_do_update(index_elements=["who"], set_=values)
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(upsert)

        await self._database.write(work)

    async def seen_at(self, who: Owner) -> datetime | None:
        """Tell when somebody wrote last; None for who never did, or has blocked the bot."""
        query = sa.select(PEOPLE.c.seen_at).where(PEOPLE.c.who == who, ~PEOPLE.c.is_gone)

        def work(connection: sa.Connection) -> datetime | None:
            return connection.execute(query).scalar_one_or_none()

        return await self._database.read(work)

    async def gone(self, who: Owner) -> None:
        """Remember that somebody has blocked the bot."""
        update = sa.update(PEOPLE).where(PEOPLE.c.who == who).values(is_gone=True)

        def work(connection: sa.Connection) -> None:
            connection.execute(update)

        await self._database.write(work)

    async def reachable(self) -> list[Owner]:
        """List everybody who may be written to."""
        query = sa.select(PEOPLE.c.who).where(~PEOPLE.c.is_gone).order_by(PEOPLE.c.who)

        def work(connection: sa.Connection) -> list[Owner]:
            return [Owner(who) for who in connection.scalars(query)]

        return await self._database.read(work)

    async def count(self, since: datetime) -> tuple[int, int]:
        """Count who wrote since a moment, and who has blocked the bot."""
        active = sa.select(sa.func.count()).where(PEOPLE.c.seen_at >= since, ~PEOPLE.c.is_gone)
        gone = sa.select(sa.func.count()).where(PEOPLE.c.is_gone)

        def work(connection: sa.Connection) -> tuple[int, int]:
            return connection.execute(active).scalar_one(), connection.execute(gone).scalar_one()

        return await self._database.read(work)

    async def forget(self, who: Owner) -> bool:
        """Delete somebody's row; False when there was none."""

        def work(connection: sa.Connection) -> bool:
            delete = sa.delete(PEOPLE).where(PEOPLE.c.who == who)
            return bool(connection.execute(delete).rowcount)

        return await self._database.write(work)
