"""Every row that is about one person: to hand out, and to delete.

Each table that can name a person has a line here, saying how; a test fills every table and
searches what is left. Tables that are not here name nobody, or by a keyed digest only.

Where the next one goes: a table with a column that names somebody is a line in ``ABOUT``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from pipeline.store import (
    access,
    blocks,
    broadcasts,
    consents,
    drafts,
    history,
    inbox,
    operators,
    order_table,
    outbox,
    people,
    pieces,
    preferences,
    questions,
    quotas,
    reports,
)
from pipeline.store.database import Database
from pipeline.types import JobId, Owner

Condition = sa.ColumnElement[bool]
OWN: Final = order_table.ORDERS

ABOUT: Final[Mapping[sa.Table, Callable[[Owner], Condition]]] = {
    inbox.INBOX: lambda who: inbox.INBOX.c.who == who,
    drafts.DRAFTS: lambda who: _drafts_of(drafts.DRAFTS.c.key, who),
    pieces.PIECES: lambda who: _drafts_of(pieces.PIECES.c.draft, who),
    preferences.PREFERENCES: lambda who: preferences.PREFERENCES.c.owner == who,
    consents.CONSENTS: lambda who: consents.CONSENTS.c.owner == who,
    consents.HANDSHAKES: lambda who: (
        (consents.HANDSHAKES.c.subject == who) | (consents.HANDSHAKES.c.requester == who)
    ),
    questions.QUESTIONS: lambda who: (
        (questions.QUESTIONS.c.asked == who) | (questions.QUESTIONS.c.asker == who)
    ),
    questions.GRANTS: lambda who: (
        (questions.GRANTS.c.owner == who) | (questions.GRANTS.c.asker == who)
    ),
    people.PEOPLE: lambda who: people.PEOPLE.c.who == who,
    broadcasts.TARGETS: lambda who: broadcasts.TARGETS.c.who == who,
    access.ENTRIES: lambda who: access.ENTRIES.c.who == who,
    operators.OPERATORS: lambda who: operators.OPERATORS.c.who == who,
    quotas.USES: lambda who: quotas.USES.c.owner == who,
    reports.REPORTS: lambda who: reports.REPORTS.c.reporter == who,
    history.HISTORY: lambda who: (
        history.HISTORY.c.job_id.in_(_jobs(who)) | (history.HISTORY.c.by == who)
    ),
    outbox.OUTBOX: lambda who: (
        outbox.OUTBOX.c.job_id.in_(_jobs(who)) | outbox.OUTBOX.c.about.in_(_jobs(who))
    ),
    blocks.PRINTS: lambda who: blocks.PRINTS.c.job_id.in_(_jobs(who)),
    OWN: lambda who: OWN.c.owner == who,
}
"""How the rows about a person are found; orders last, since others are found through them."""


class PersonalRows:
    """The rows about each person, wherever they stand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, who: Owner) -> dict[str, list[dict[str, Any]]]:
        """Give every row about somebody, by table; times as text."""

        def work(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
            return {
                table.name: [_plain(row) for row in connection.execute(_select(table, who))]
                for table in ABOUT
            }

        found = await self._database.read(work)
        return {name: rows for name, rows in found.items() if rows}

    async def everybody(self) -> set[Owner]:
        """List everybody who ordered, chose or agreed to something, or may be written to."""
        named = (OWN.c.owner, people.PEOPLE.c.who, preferences.PREFERENCES.c.owner)
        queries = [sa.select(one).distinct() for one in (*named, consents.CONSENTS.c.owner)]

        def work(connection: sa.Connection) -> set[Owner]:
            return {Owner(who) for query in queries for who in connection.scalars(query)}

        return await self._database.read(work)

    async def job_ids(self, who: Owner) -> list[JobId]:
        """List every order of somebody that a row knows."""

        def work(connection: sa.Connection) -> list[JobId]:
            return [JobId(id) for id in connection.scalars(_jobs(who))]

        return await self._database.read(work)

    async def delete(
        self, who: Owner, *, keep_jobs: Sequence[JobId], uses_since: datetime
    ) -> dict[str, int]:
        """Delete the rows about somebody, in one transaction; tell how many, by table.

        Kept: what belongs to ``keep_jobs``, the count of what was used since a time, a ban, and
        complaints that wait for a decision.
        """

        def work(connection: sa.Connection) -> dict[str, int]:
            counts = {
                table.name: connection.execute(
                    sa.delete(table).where(find(who), *_kept(table, keep_jobs, uses_since))
                ).rowcount
                for table, find in ABOUT.items()
            }
            return {name: count for name, count in counts.items() if count}

        counts = await self._database.write(work)
        await self._database.scrub()
        return counts


def _kept(table: sa.Table, keep_jobs: Sequence[JobId], since: datetime) -> list[Condition]:
    conditions: list[Condition] = []
    if "job_id" in table.c and table is not reports.REPORTS:
        conditions.append(table.c.job_id.not_in(keep_jobs))
    if table is OWN:
        conditions.append(OWN.c.id.not_in(keep_jobs))
    if table is quotas.USES:
        conditions.append(quotas.USES.c.used_at < since)
    if table is access.ENTRIES:
        conditions.append(access.ENTRIES.c.standing != access.Standing.BANNED.value)
    if table is reports.REPORTS:
        conditions.append(reports.REPORTS.c.decision.is_not(None))
    return conditions


def _select(table: sa.Table, who: Owner) -> sa.Select[Any]:
    return sa.select(table).where(ABOUT[table](who))


def _jobs(who: Owner) -> sa.Select[Any]:
    return sa.select(OWN.c.id).where(OWN.c.owner == who)


def _drafts_of(key: sa.Column[Any], who: Owner) -> Condition:
    """A draft's key ends in the number of its person."""
    return key.like(f"%:{who.rpartition(':')[2]}")


def _plain(row: sa.Row[Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._mapping.items()
    }
