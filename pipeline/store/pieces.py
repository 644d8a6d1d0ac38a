"""Pieces of one message that a messenger sends as several: albums, and texts cut by their length.

A piece is kept as soon as it comes, so that a crash loses none, and counts as told only when all
that follows from it is done: until then a start takes it up again. When to put them together is
the door's business, and so is what ``content`` and ``outcome`` mean.

Where the next one goes: another kind of batch needs nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

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
    sa.Column("told", sa.Boolean),  # rows of older versions do not say
)
TOLD = sa.func.coalesce(PIECES.c.told, PIECES.c.outcome.is_not(None))
_PIECE = sa.select(*(c for c in PIECES.c if c is not PIECES.c.told), TOLD.label("told"))


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
    """Empty once it is told."""
    outcome: str | None = None
    """What came of it, once somebody has looked."""
    arrived_at: datetime
    told: bool = False
    """Whether its person has heard what came of it."""


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
        return await self._list(_PIECE.where(PIECES.c.draft == draft, PIECES.c.batch == batch))

    async def all(self) -> list[Piece]:
        """List every piece there is."""
        return await self._list(_PIECE)

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

    async def tell(self, pieces: Sequence[Piece]) -> None:
        """Keep that these pieces of one batch are told; what stood in them is forgotten."""
        first = pieces[0]
        update = (
            sa.update(PIECES)
            .where(
                PIECES.c.draft == first.draft,
                PIECES.c.batch == first.batch,
                PIECES.c.number.in_([piece.number for piece in pieces]),
            )
            .values(told=True, content="")
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

    async def _list(self, query: sa.Select[Any]) -> list[Piece]:
        def work(connection: sa.Connection) -> list[Piece]:
            ordered = query.order_by(PIECES.c.number)
            return [Piece(**row._mapping) for row in connection.execute(ordered)]

        return await self._database.read(work)
