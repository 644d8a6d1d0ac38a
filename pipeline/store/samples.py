"""What a door got back for the sample of a voice: sent once, then sent again by its reference.

A row belongs to one voice and one text (as its hash), so a changed text is spoken anew. Which
voice says what is not known here.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import VoiceId

SAMPLES = sa.Table(
    "voice_samples",
    METADATA,
    sa.Column("voice", sa.Text, primary_key=True),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
)


class Samples:
    """The samples that were sent before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, voice: VoiceId, text: str) -> str | None:
        """Give the door's reference; None when this voice has not said this text here."""
        query = sa.select(SAMPLES.c.reference).where(
            SAMPLES.c.voice == voice, SAMPLES.c.text_hash == _hash(text)
        )

        def work(connection: sa.Connection) -> str | None:
            found: str | None = connection.execute(query).scalar_one_or_none()
            return found

        return await self._database.read(work)

    async def put(self, voice: VoiceId, text: str, reference: str) -> None:
        """Keep a reference, in place of an older one of the voice."""
        values = {
            "text_hash": _hash(text),
            "reference": reference,
            "made_at": datetime.now(UTC),
        }
        upsert = (
            self._database.insert(SAMPLES)
            .values(voice=voice, **values)
            .on_conflict_do_update(index_elements=["voice"], set_=values)
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(upsert)

        await self._database.write(work)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
