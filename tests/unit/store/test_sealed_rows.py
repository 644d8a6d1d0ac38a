"""With a secret set no word of anybody can be read in the database."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import store
from pipeline.sealing import ROWS, Sealer
from pipeline.store.broadcasts import Broadcast, Broadcasts, BroadcastState
from pipeline.store.database import METADATA, Database
from pipeline.store.drafts import Draft, Drafts
from pipeline.store.inbox import Inbox, Incoming
from pipeline.store.personal import PersonalRows
from pipeline.store.pieces import Piece, Pieces
from pipeline.store.questions import Question, QuestionKind, Questions
from pipeline.types import ArtifactKey, JobId, Owner

WORDS = "The marigold garland waits behind the third window."
NOW = datetime(2026, 11, 26, tzinfo=UTC)
WHO = Owner("telegram:7")
NO_WORDS = {
    # ids, addresses and keys
    *("id", "key", "draft", "batch", "about", "by", "who", "owner", "asker", "asked", "place"),
    *("subject", "requester", "reporter", "reply_to", "address", "job_id", "executor", "name"),
    *("portrait", "recording", "voice", "reference", "receipt", "result", "preview", "file_id"),
    *("file_unique_id", "message_id", "portrait_message", "script_message", "card_message"),
    *(
        "recording_message",
        "wanted",
        "wanted_message",
        "face_choices",
        "face_notes",
        "token",
        "broadcast",
        "film",
        "filmed",
    ),
    # codes, digests and closed sets
    "options",
    *("state", "kind", "decision", "reminded", "standing", "quality", "motion", "shape", "mode"),
    *("language", "wording", "version", "answer", "event", "facts", "digest", "lane", "lanes"),
    *("progress", "failure", "what", "work", "incident", "sha256", "look", "reason", "text_hash"),
}


@asynccontextmanager
async def opened(folder: Path, *passwords: str) -> AsyncIterator[Database]:
    sealer = Sealer(passwords, ROWS) if passwords else None
    database = Database(f"sqlite:///{folder / 'rows.db'}", sealer)
    await database.open()
    yield database
    await database.close()


def everything_in(folder: Path) -> bytes:
    """Read the database, and what lies beside it: the log of what was not yet folded in."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def fill(database: Database) -> None:
    key = "7:0:7"
    await Drafts(database).put(Draft(key=key, script=WORDS, overlong=WORDS, updated_at=NOW))
    await Drafts(database).put(
        Draft(key=key, script=WORDS, recording=ArtifactKey("a/b"), updated_at=NOW)
    )
    await Drafts(database).note_heard(key, ArtifactKey("a/b"), WORDS)
    piece = Piece(draft=key, batch="b", number=1, address="7", content=WORDS, arrived_at=NOW)
    await Pieces(database).add(piece)
    await Pieces(database).settle(piece, WORDS)
    incoming = Incoming(number=1, who=WHO, content=WORDS, arrived_at=NOW)
    await Inbox(database).keep([incoming])
    question = Question(
        id=JobId("tg-1"),
        kind=QuestionKind.WORDS,
        asked=WHO,
        asker=WHO,
        place=WHO,
        reply_to="7",
        content=WORDS,
        expires_at=NOW + timedelta(days=1),
    )
    await Questions(database).put(question)
    await Broadcasts(database).draft(
        Broadcast(id="b1", by=WHO, text=WORDS, state=BroadcastState.DRAFT, reply_to="7")
    )


async def read_back(database: Database) -> list[str | None]:
    draft = await Drafts(database).get("7:0:7")
    (piece,) = await Pieces(database).all()
    (incoming,) = await Inbox(database).all()
    question = await Questions(database).get(JobId("tg-1"))
    broadcast = await Broadcasts(database).get("b1")
    assert draft is not None
    assert question is not None
    assert broadcast is not None
    said = [draft.script, draft.heard, piece.content, piece.outcome]
    return [*said, incoming.content, question.content, broadcast.text]


async def test_no_word_of_anybody_is_in_the_database_or_beside_it(tmp_path: Path) -> None:
    async with opened(tmp_path, "a long secret") as database:
        await fill(database)

        assert b"marigold" not in everything_in(tmp_path)
        assert await read_back(database) == [WORDS] * 7
        rows = await PersonalRows(database).of(WHO)
    assert b"marigold" not in everything_in(tmp_path)
    assert str(rows).count("marigold") == 6, "whoever asks for a copy of it can read it"


async def test_the_search_finds_words_that_are_not_sealed(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await fill(database)

        assert b"marigold" in everything_in(tmp_path)


async def test_what_was_written_before_stays_readable_and_a_new_key_reads_the_former(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as database:
        await fill(database)
    async with opened(tmp_path, "a long secret") as database:
        assert await read_back(database) == [WORDS] * 7
        await fill(database)
    async with opened(tmp_path, "a newer secret", "a long secret") as database:
        draft = await Drafts(database).get("7:0:7")

    assert draft is not None
    assert draft.script == WORDS


@pytest.mark.parametrize("passwords", [(), ("another secret",)])
async def test_without_the_secret_the_row_is_there_and_the_words_are_not(
    tmp_path: Path, passwords: tuple[str, ...]
) -> None:
    async with opened(tmp_path, "a long secret") as database:
        await fill(database)
    async with opened(tmp_path, *passwords) as database:
        (draft,) = await Drafts(database).expired(NOW + timedelta(days=1))

    assert draft.script == ""


def test_every_column_of_text_is_sealed_or_known_to_hold_no_words() -> None:
    """A new column is one or the other: somebody has to say which."""
    for module in pkgutil.iter_modules(store.__path__):
        importlib.import_module(f"pipeline.store.{module.name}")
    texts = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Text)
        if column.name not in NO_WORDS
    }

    assert texts == {"incidents.text", "wordings.text", "vitals.body"}, "ours, and no user's"
