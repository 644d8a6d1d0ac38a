"""Drafts: half a request, waiting for its other half.

A draft survives a restart. It is found by a key that its door makes, such as
``<chat>:<thread or 0>:<user>``; what the key means is not known here, nor when it is complete.

Where the next one goes: another thing to remember about a draft is a column and a field.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.store.sealed_text import SealedText
from pipeline.types import ArtifactKey

DRAFTS = sa.Table(
    "drafts",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("portrait", sa.Text),
    sa.Column("script", SealedText),
    sa.Column("portrait_message", sa.Text),
    sa.Column("face", sa.Integer),
    sa.Column("face_choices", sa.Text),
    sa.Column("face_notes", sa.Text),
    sa.Column("script_message", sa.Text),
    sa.Column("overlong", SealedText),
    sa.Column("card_message", sa.Text),
    sa.Column("recording", sa.Text),
    sa.Column("recording_s", sa.Double),
    sa.Column("recording_message", sa.Text),
    sa.Column("recording_asked", sa.Boolean),
    sa.Column("heard", SealedText),
    sa.Column("wanted", sa.Text),
    sa.Column("wanted_message", sa.Text),
    sa.Column("film", sa.Text),
    sa.Column("film_still_at", sa.Integer),
    sa.Column("options", sa.Text),
    sa.Column("updated_at", UtcTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A photo, or words, or a recording of them, before they are an order."""

    key: str
    portrait: ArtifactKey | None = None
    script: str | None = None
    portrait_message: str | None = None
    """Where the photo came from, as the door writes it."""
    face: int | None = None
    """Which of several faces speaks; None while its person has yet to say."""
    face_choices: str | None = None
    """The numbers of the faces that could, where there are several: ``1,3``."""
    face_notes: str | None = None
    """What its person was warned of about the face, as the door writes it."""
    script_message: str | None = None
    """Where the words came from, as the door writes it."""
    overlong: str | None = None
    """Words that are too long, until their person says whether their beginning will do."""
    card_message: str | None = None
    """The question that waits for an answer before the video is made, as the door writes it."""
    recording: ArtifactKey | None = None
    """Speech that was checked and levelled; it goes before the words, which stay beneath it."""
    recording_s: float | None = None
    recording_message: str | None = None
    """Where the recording came from, as the door writes it."""
    recording_asked: bool | None = None
    """Whether its sender was asked whose voice shall speak, and has not said."""
    heard: str | None = None
    """What a machine heard in the recording; no voice may say it before its sender agrees."""
    wanted: str | None = None
    """What shall be made of an earlier video once its person agrees, as the door writes it."""
    wanted_message: str | None = None
    """The message that this shall answer, as the door writes it."""
    film: ArtifactKey | None = None
    """Footage that the portrait was taken from, where an engine can follow its face."""
    film_still_at: int | None = None
    """Which frame of it the portrait is."""
    options: str | None = None
    """Wishes that led the words, for this video alone, as the door writes them."""
    updated_at: datetime

    @property
    def artifacts(self) -> tuple[ArtifactKey, ...]:
        """List what is stored for this draft, and goes with it."""
        kept = (self.portrait, self.film, self.recording)
        return tuple(key for key in kept if key is not None)


class Drafts:
    """The drafts of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> Draft | None:
        """Return the draft, if there is one."""

        def work(connection: sa.Connection) -> Draft | None:
            row = connection.execute(sa.select(DRAFTS).where(DRAFTS.c.key == key)).one_or_none()
            return Draft(**row._mapping) if row else None

        return await self._database.read(work)

    async def put(self, draft: Draft) -> None:
        """Store a draft in place of what its key had."""
        values = asdict(draft)
        insert = self._database.insert(DRAFTS).values(**values)
        upsert = insert.on_conflict_do_update(index_elements=["key"], set_=values)

        def work(connection: sa.Connection) -> None:
            connection.execute(upsert)

        await self._database.write(work)

    async def note_heard(self, key: str, recording: ArtifactKey, heard: str) -> bool:
        """Keep what was heard in a recording; False when the draft holds it no longer."""
        update = (
            sa.update(DRAFTS)
            .where(DRAFTS.c.key == key, DRAFTS.c.recording == recording)
            .values(heard=heard)
        )

        def work(connection: sa.Connection) -> bool:
            return bool(connection.execute(update).rowcount)

        return await self._database.write(work)

    async def delete(self, key: str) -> None:
        """Delete a draft; one that is not there is fine."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.key == key))

        await self._database.write(work)

    async def expired(self, before: datetime) -> list[Draft]:
        """List the drafts that nobody touched since a time, the oldest first."""
        query = sa.select(DRAFTS).where(DRAFTS.c.updated_at < before).order_by(DRAFTS.c.updated_at)

        def work(connection: sa.Connection) -> list[Draft]:
            return [Draft(**row._mapping) for row in connection.execute(query)]

        return await self._database.read(work)
