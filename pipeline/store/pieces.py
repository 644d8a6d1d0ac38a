"""Pieces of one message that a messenger sends as several: albums, and texts cut by their length.

A piece is kept as soon as it comes, so that a crash loses none; when to put them together is the
door's business, and so is what ``content`` and ``outcome`` mean.

Where the next one goes: another kind of batch needs nothing here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.store.sealed_text import SealedText

PIECES = sa.Table(
    "pieces",
    METADATA,
    sa.Column("draft", sa.Text, primary_key=True),
    sa.Column("batch", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("content", SealedText, nullable=False),
    sa.Column("outcome", SealedText),
    sa.Column("arrived_at", UtcTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One message of several that belong together."""

    draft: str
    """The key of the draft that they are for."""
    batch: str
    """What they have in common."""
    number: int
    """Their order; the update that brought it."""
    address: str
    """Where to answer it, as the door writes it."""
    content: str
    outcome: str | None = None
    """What came of it, once somebody has looked."""
    arrived_at: datetime


class Pieces:
    """The pieces of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, piece: Piece) -> None:
        """Keep a piece; one that comes twice is one."""
        insert = self._database.insert(PIECES).values(**asdict(piece)).on_conflict_do_nothing()

        def work(connection: sa.Connection) -> None:
            connection.execute(insert)

        await self._database.write(work)

    async def of(self, draft: str, batch: str) -> list[Piece]:
        """List the pieces of a batch, in order."""
        query = sa.select(PIECES).where(PIECES.c.draft == draft, PIECES.c.batch == batch)
        return await self._list(query)

    async def all(self) -> list[Piece]:
        """List every piece there is."""
        return await self._list(sa.select(PIECES))

    async def settle(self, piece: Piece, outcome: str) -> None:
        """Keep what came of a piece."""
        update = (
            sa.update(PIECES)
            .where(
                PIECES.c.draft == piece.draft,
                PIECES.c.batch == piece.batch,
                PIECES.c.number == piece.number,
            )
            .values(outcome=outcome)
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(update)

        await self._database.write(work)

    async def delete(self, draft: str, batch: str | None = None) -> None:
        """Forget a batch of a draft, or all of them."""
        delete = sa.delete(PIECES).where(PIECES.c.draft == draft)
        if batch is not None:
            delete = delete.where(PIECES.c.batch == batch)

        def work(connection: sa.Connection) -> None:
            connection.execute(delete)

        await self._database.write(work)

    async def _list(self, query: sa.Select[tuple[object, ...]]) -> list[Piece]:
        def work(connection: sa.Connection) -> list[Piece]:
            ordered = query.order_by(PIECES.c.number)
            return [Piece(**row._mapping) for row in connection.execute(ordered)]

        return await self._database.read(work)
