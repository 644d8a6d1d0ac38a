"""How each person likes their videos: one row per owner, kept until they change or delete it.

None in a field means "as this deployment does it", so that a new default reaches everybody who
never chose. Which buttons there are, and what the words for them are, is not known here.

Where the next one goes: another preference is a nullable column, a field, and a place where the
door turns it into a part of the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import Motion, Owner, Quality, Shape, VoiceId

PREFERENCES = sa.Table(
    "preferences",
    METADATA,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("voice", sa.Text),
    sa.Column("rate_pct", sa.Integer),
    sa.Column("pitch_hz", sa.Integer),
    sa.Column("quality", sa.Text),
    sa.Column("motion", sa.Text),
    sa.Column("captions", sa.Boolean),
    sa.Column("shape", sa.Text),
    sa.Column("confirm", sa.Boolean),
    sa.Column("language", sa.Text),
    sa.Column("changed_at", UtcTime),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What somebody chose; None where they never did."""

    voice: VoiceId | None = None
    rate_pct: int | None = None
    """How much faster (or slower, below zero) than the voice speaks by itself, in percent."""
    pitch_hz: int | None = None
    quality: Quality | None = None
    motion: Motion | None = None
    captions: bool | None = None
    shape: Shape | None = None
    confirm: bool | None = None
    """Ask before every video is made."""
    language: str | None = None
    """The language of the bot, as its texts name it."""


_ADAPTER: Final = TypeAdapter(Preferences)


class PreferenceRows:
    """The preferences of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: Owner) -> Preferences:
        """Return what the owner chose; nothing but None where there is no row."""
        fields = [PREFERENCES.c[name] for name in Preferences.__dataclass_fields__]
        query = sa.select(*fields).where(PREFERENCES.c.owner == owner)

        def work(connection: sa.Connection) -> Preferences:
            row = connection.execute(query).one_or_none()
            return _ADAPTER.validate_python(dict(row._mapping)) if row else Preferences()

        return await self._database.read(work)

    async def change(self, owner: Owner, **chosen: Any) -> Preferences:
        """Store these choices, leave the others, and return all; None takes a choice back.

        Raises ``TypeError`` for a name that is no preference, ``ValueError`` for a wrong value.
        """
        if unknown := chosen.keys() - Preferences.__dataclass_fields__.keys():
            raise TypeError(f"No such preference: {', '.join(sorted(unknown))}.")
        _ADAPTER.validate_python(chosen)
        values = {**chosen, "changed_at": datetime.now(UTC)}
        upsert = (
            self._database.insert(PREFERENCES)
            .values(owner=owner, **values)
            .on_conflict_do_update(index_elements=["owner"], set_=values)
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(upsert)

        await self._database.write(work)
        return await self.get(owner)

    async def delete(self, owner: Owner) -> bool:
        """Forget what the owner chose; False when there was nothing."""
        delete = sa.delete(PREFERENCES).where(PREFERENCES.c.owner == owner)

        def work(connection: sa.Connection) -> bool:
            return bool(connection.execute(delete).rowcount)

        return await self._database.write(work)
