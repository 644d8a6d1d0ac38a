"""Questions that wait for one person's answer, and permissions that were given for good.

A question survives a restart, ends after its time, and carries what shall happen on a yes, as its
door wrote it. A grant says that one person's pictures may be made to speak by another in one
group, until it is taken back.

Where the next one goes: another kind of question is a member of ``QuestionKind``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.store.sealed_text import SealedText
from pipeline.types import JobId, Owner

QUESTIONS = sa.Table(
    "questions",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("asker", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("reply_to", sa.Text, nullable=False),
    sa.Column("content", SealedText, nullable=False),
    sa.Column("message_id", sa.Text),
    sa.Column("expires_at", UtcTime, nullable=False, index=True),
)
GRANTS = sa.Table(
    "grants",
    METADATA,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("asker", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("granted_at", UtcTime, nullable=False),
)
ANYBODY = Owner("unknown")
"""The owner of pictures whose owner nobody knows: a grant for them is the asker's own word."""


class QuestionKind(StrEnum):
    """What is asked."""

    PERMISSION = "permission"
    """May the asker make your picture speak?"""
    ATTEST = "attest"
    """Nobody knows whose picture this is: do you have the permission?"""
    CONSENT = "consent"
    """Do you agree to how videos may be used?"""
    WORDS = "words"
    """What shall the picture say?"""
    FACE = "face"
    """Which of several faces shall speak?"""
    HINT = "hint"
    """How to ask: nothing is to be answered, and it goes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: who is asked, by whom, where, and what a yes would do."""

    id: JobId
    """The id of the order that a yes would place."""
    kind: QuestionKind
    asked: Owner
    asker: Owner
    place: Owner
    reply_to: str
    """The asker's message, opaque here."""
    content: str
    """What is ordered, opaque here."""
    message_id: str | None = None
    """The message with the question, once it is known."""
    expires_at: datetime


class Questions:
    """The questions and grants of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, question: Question) -> None:
        """Store a question in place of an earlier one of the same id."""
        values = asdict(question) | {"kind": question.kind.value}
        upsert = (
            self._database.insert(QUESTIONS)
            .values(**values)
            .on_conflict_do_update(index_elements=["id"], set_=values)
        )
        await self._run(upsert)

    async def set_message(self, id: JobId, message_id: str) -> None:
        """Remember which message asks the question."""
        await self._run(
            sa.update(QUESTIONS).where(QUESTIONS.c.id == id).values(message_id=message_id)
        )

    async def get(self, id: JobId) -> Question | None:
        """Return a question that nobody has answered yet."""
        return await self._one(QUESTIONS.c.id == id)

    async def at(self, place: Owner, message_id: str) -> Question | None:
        """Return the question that a message asks."""
        return await self._one(QUESTIONS.c.place == place, QUESTIONS.c.message_id == message_id)

    async def delete(self, id: JobId, kind: QuestionKind) -> bool:
        """Forget a question, answered or not; False when it was gone, or has become another."""
        which = (QUESTIONS.c.id == id, QUESTIONS.c.kind == kind.value)
        return bool(await self._run(sa.delete(QUESTIONS).where(*which)))

    async def expired(self, now: datetime) -> list[Question]:
        """List the questions whose time is over."""
        query = sa.select(QUESTIONS).where(QUESTIONS.c.expires_at <= now)

        def work(connection: sa.Connection) -> list[Question]:
            return [_question(row) for row in connection.execute(query)]

        return await self._database.read(work)

    async def grant(self, *, owner: Owner, asker: Owner, place: Owner) -> None:
        """Remember a permission for good."""
        insert = self._database.insert(GRANTS).values(
            owner=owner, asker=asker, place=place, granted_at=datetime.now(UTC)
        )
        await self._run(insert.on_conflict_do_nothing(index_elements=["owner", "asker", "place"]))

    async def is_granted(self, *, owner: Owner, asker: Owner, place: Owner) -> bool:
        """Tell whether a permission was given for good."""
        query = sa.select(GRANTS.c.owner).where(*_grant(owner, asker, place))

        def work(connection: sa.Connection) -> bool:
            return connection.execute(query).first() is not None

        return await self._database.read(work)

    async def take_back(self, *, owner: Owner, asker: Owner, place: Owner) -> bool:
        """Forget a permission; False when there was none."""
        return bool(await self._run(sa.delete(GRANTS).where(*_grant(owner, asker, place))))

    async def _run(self, statement: sa.Executable) -> int:
        def work(connection: sa.Connection) -> int:
            result: Any = connection.execute(statement)
            return int(result.rowcount)

        return await self._database.write(work)

    async def _one(self, *which: sa.ColumnElement[bool]) -> Question | None:
        query = sa.select(QUESTIONS).where(*which)

        def work(connection: sa.Connection) -> Question | None:
            row = connection.execute(query).first()
            return _question(row) if row else None

        return await self._database.read(work)


def _grant(owner: Owner, asker: Owner, place: Owner) -> tuple[sa.ColumnElement[bool], ...]:
    return (GRANTS.c.owner == owner, GRANTS.c.asker == asker, GRANTS.c.place == place)


def _question(row: sa.Row[Any]) -> Question:
    values = dict(row._mapping)
    return Question(**values | {"kind": QuestionKind(row.kind)})
