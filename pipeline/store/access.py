"""Who was let in, who was shut out, who has a limit of their own; and invitations.

A row exists only for somebody about whom an operator has decided, or who came by an invitation:
everybody else stands as the settings say. People and groups are named as their door names them.

Where the next one goes: another decision about somebody is a column and a field of ``Entry``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.types import Owner

ENTRIES = sa.Table(
    "access",
    METADATA,
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("standing", sa.Text, nullable=False),
    sa.Column("jobs_per_day", sa.Integer),
    sa.Column("changed_at", UtcTime, nullable=False),
)
INVITATIONS = sa.Table(
    "invitations",
    METADATA,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("uses_left", sa.Integer, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
)
TOKEN_BYTES = 12


class Standing(StrEnum):
    """What was decided about somebody."""

    ORDINARY = "ordinary"
    ALLOWED = "allowed"
    BANNED = "banned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known about one person or group."""

    standing: Standing = Standing.ORDINARY
    jobs_per_day: int | None = None
    """A daily limit of their own; 0 is none, None is what the settings say."""


class Access:
    """The decisions about everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entry(self, who: Owner) -> Entry:
        """Return what was decided; an ordinary entry where nothing was."""
        return (await self.entries(who))[who]

    async def entries(self, *who: Owner) -> dict[Owner, Entry]:
        """Return what was decided about each of several, in one look."""
        query = sa.select(ENTRIES).where(ENTRIES.c.who.in_(who))

        def work(connection: sa.Connection) -> dict[Owner, Entry]:
            found = {Owner(row.who): _entry(row) for row in connection.execute(query)}
            return {one: found.get(one, Entry()) for one in who}

        return await self._database.read(work)

    async def set_standing(self, who: Owner, standing: Standing) -> Entry:
        """Let in, shut out, or take that back; return what stood before."""
        return await self._change(who, {"standing": standing.value})

    async def set_jobs_per_day(self, who: Owner, jobs_per_day: int | None) -> Entry:
        """Give a daily limit, or with None take it away; return what stood before."""
        return await self._change(who, {"jobs_per_day": jobs_per_day})

    async def invite(self, *, uses: int, expires_at: datetime) -> str:
        """Make an invitation for so many people; return its token, 16 characters of a link."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        values = {"token": token, "uses_left": uses, "expires_at": expires_at}

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.insert(INVITATIONS).values(values))

        await self._database.write(work)
        return token

    async def redeem(self, token: str, who: Owner, now: datetime) -> bool:
        """Let somebody in by an invitation; False if it is not good any more.

        Who is let in already uses nothing up: the same tap twice is one use. Who is shut out
        stays out.
        """
        take = (
            sa.update(INVITATIONS)
            .where(
                INVITATIONS.c.token == token,
                INVITATIONS.c.uses_left > 0,
                INVITATIONS.c.expires_at > now,
            )
            .values(uses_left=INVITATIONS.c.uses_left - 1)
        )

        def work(connection: sa.Connection) -> bool:
            self._database.serialize(connection, f"access of {who}")
            match _found(connection, who).standing:
                case Standing.ALLOWED:
                    return True
                case Standing.BANNED:
                    return False
                case Standing.ORDINARY:
                    if not connection.execute(take).rowcount:
                        return False
                    self._put(connection, who, {"standing": Standing.ALLOWED.value})
                    return True

        return await self._database.write(work)

    async def _change(self, who: Owner, values: dict[str, Any]) -> Entry:
        def work(connection: sa.Connection) -> Entry:
            self._database.serialize(connection, f"access of {who}")
            before = _found(connection, who)
            self._put(connection, who, values)
            return before

        return await self._database.write(work)

    def _put(self, connection: sa.Connection, who: Owner, values: dict[str, Any]) -> None:
        changed = values | {"changed_at": datetime.now(UTC)}
        fresh = {"who": who, "standing": Standing.ORDINARY.value} | changed
        insert = self._database.insert(ENTRIES).values(fresh)
        connection.execute(insert.on_conflict_do_update(index_elements=["who"], set_=changed))


def _found(connection: sa.Connection, who: Owner) -> Entry:
    row = connection.execute(sa.select(ENTRIES).where(ENTRIES.c.who == who)).one_or_none()
    return _entry(row) if row else Entry()


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(standing=Standing(row.standing), jobs_per_day=row.jobs_per_day)
