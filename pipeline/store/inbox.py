"""Messages as a messenger handed them over, from before it is told so until they are handled.

A messenger forgets what it was told has come, so a row is on the disk by then: no end of the
process and no power cut loses it. Whoever starts next finds what is left. What stands in one is
the door's business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.store.sealed_text import SealedText
from pipeline.types import Owner

INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("who", sa.Text, index=True),
    sa.Column("content", SealedText, nullable=False),
    sa.Column("arrived_at", UtcTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message that came in."""

    number: int
    """As the messenger counts them; the order in which they came."""
    who: Owner | None
    """Who caused it, where somebody did."""
    content: str
    arrived_at: datetime


class Inbox:
    """What came in and is not handled yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, incoming: Sequence[Incoming]) -> None:
        """Keep all of them, or none; one that comes twice is one. Raises ``StoreUnavailable``."""
        if not incoming:
            return
        rows = [asdict(one) for one in incoming]
        insert = self._database.insert(INBOX).on_conflict_do_nothing()

        def work(connection: sa.Connection) -> None:
            connection.execute(insert, rows)

        await self._database.write(work, before_an_act=True)

    async def all(self) -> list[Incoming]:
        """List what is not handled, in the order in which it came."""

        def work(connection: sa.Connection) -> list[Incoming]:
            query = sa.select(INBOX).order_by(INBOX.c.number)
            return [Incoming(**row._mapping) for row in connection.execute(query)]

        return await self._database.read(work)

    async def delete(self, numbers: Collection[int]) -> None:
        """Forget what is handled."""
        delete = sa.delete(INBOX).where(INBOX.c.number.in_(numbers))

        def work(connection: sa.Connection) -> None:
            connection.execute(delete)

        await self._database.write(work)
