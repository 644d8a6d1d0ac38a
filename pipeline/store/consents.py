"""Who agreed to which wording and when, and what people in photos answered.

Rows are added, and marked as taken back; nothing else changes them. The text of each wording is
kept once, so that a consent can be read years after the file has changed. Whether a row still
counts is not known here.

Where the next one goes: another fact about an agreement is a column and a field of its value.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import Consent, Handshake, Owner, Permission

CONSENTS = sa.Table(
    "consents",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False, index=True),
    sa.Column("wording", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("agreed_at", UtcTime, nullable=False),
    sa.Column("withdrawn_at", UtcTime),
)
WORDINGS = sa.Table(
    "wordings",
    METADATA,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)
EVERYBODY = "*"
HANDSHAKES = sa.Table(
    "handshakes",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("requester", sa.Text, nullable=False, index=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("answered_at", UtcTime, nullable=False),
)


class ConsentTable:
    """The consents of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, consent: Consent, text: str) -> None:
        """Keep a consent, and the text of its wording once."""
        row = {column.name: getattr(consent, column.name) for column in CONSENTS.columns}
        wording = self._database.insert(WORDINGS).values(version=consent.wording, text=text)

        def work(connection: sa.Connection) -> None:
            connection.execute(wording.on_conflict_do_nothing(index_elements=["version"]))
            connection.execute(sa.insert(CONSENTS).values(row))

        await self._database.write(work)

    async def newest(self, owner: Owner) -> Consent | None:
        """Return what this person agreed to last, taken back or not."""
        query = (
            sa.select(CONSENTS)
            .where(CONSENTS.c.owner == owner)
            .order_by(CONSENTS.c.agreed_at.desc())
            .limit(1)
        )

        def work(connection: sa.Connection) -> Consent | None:
            row = connection.execute(query).one_or_none()
            return Consent(**row._mapping) if row else None

        return await self._database.read(work)

    async def withdraw(self, owner: Owner, at: datetime) -> bool:
        """Mark all that this person agreed to as taken back; False if there was nothing."""
        update = (
            sa.update(CONSENTS)
            .where(CONSENTS.c.owner == owner, CONSENTS.c.withdrawn_at.is_(None))
            .values(withdrawn_at=at)
        )

        def work(connection: sa.Connection) -> bool:
            return bool(connection.execute(update).rowcount)

        return await self._database.write(work)


class HandshakeTable:
    """The answers of people in photos."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, handshake: Handshake) -> None:
        """Keep an answer."""
        row = {column.name: getattr(handshake, column.name) for column in HANDSHAKES.columns}

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.insert(HANDSHAKES).values(row))

        await self._database.write(work)

    async def standing(self, subject: Owner, requester: Owner) -> Handshake | None:
        """Return the newest answer that outlives one video: always, or never."""
        query = (
            sa.select(HANDSHAKES)
            .where(
                HANDSHAKES.c.subject == subject,
                HANDSHAKES.c.requester.in_((requester, EVERYBODY)),
                HANDSHAKES.c.answer != Permission.ONCE.value,
            )
            .order_by(HANDSHAKES.c.answered_at.desc())
            .limit(1)
        )

        def work(connection: sa.Connection) -> Handshake | None:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            return Handshake(**{**row._mapping, "answer": Permission(row.answer)})

        return await self._database.read(work)
