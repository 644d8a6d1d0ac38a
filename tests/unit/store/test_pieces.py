"""Pieces of one message: each is kept once, in order, and goes with age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.store.database import Database
from pipeline.store.pieces import Piece, Pieces

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)


def piece(number: int, *, batch: str = "album:1", at: datetime = NOW) -> Piece:
    return Piece(
        draft="5:0:5", batch=batch, number=number, address="{}", content=str(number), arrived_at=at
    )


@pytest.fixture
def pieces(database: Database) -> Pieces:
    return Pieces(database)


async def test_pieces_come_back_in_order_each_once(pieces: Pieces) -> None:
    for number in (3, 1, 2, 3):
        await pieces.add(piece(number))
    await pieces.add(piece(9, batch="text"))

    assert [p.number for p in await pieces.of("5:0:5", "album:1")] == [1, 2, 3]
    assert len(await pieces.all()) == 4


async def test_what_was_seen_is_kept_and_a_repeat_does_not_undo_it(pieces: Pieces) -> None:
    await pieces.add(piece(1))
    await pieces.settle(piece(1), "a face")
    await pieces.add(piece(1))

    assert [p.outcome for p in await pieces.all()] == ["a face"]


async def test_one_batch_goes_or_all_of_a_draft(pieces: Pieces) -> None:
    await pieces.add(piece(1))
    await pieces.add(piece(2, batch="text"))

    await pieces.delete("5:0:5", "text")
    assert [p.number for p in await pieces.all()] == [1]
    await pieces.delete("5:0:5")
    assert await pieces.all() == []
