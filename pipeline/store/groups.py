"""The rules that a group's own admins have made for it.

Groups are named as their door names them. What an admin is, and who one is, is not known here.

Where the next one goes: another rule is a column with its default and a field of ``GroupRules``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database
from pipeline.types import Owner

GROUPS = sa.Table(
    "groups",
    METADATA,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("is_on", sa.Boolean, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("jobs_per_member", sa.Integer, nullable=False),
    sa.Column("jobs_per_day", sa.Integer, nullable=False),
)


class Who(StrEnum):
    """Who in a group may order."""

    EVERYONE = "everyone"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRules:
    """What a group's admins have decided; 0 is no limit of theirs."""

    is_on: bool = True
    who: Who = Who.EVERYONE
    jobs_per_member: int = 0
    """How many videos one member may order here a day."""
    jobs_per_day: int = 0
    """How many videos all members together may order a day."""


class Groups:
    """The rules of all groups."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules(self, place: Owner) -> GroupRules:
        """Return a group's rules; the default ones where nobody decided."""
        query = sa.select(GROUPS).where(GROUPS.c.place == place)

        def work(connection: sa.Connection) -> GroupRules:
            row = connection.execute(query).one_or_none()
            return _rules(row) if row else GroupRules()

        return await self._database.read(work)

    async def set_rules(self, place: Owner, rules: GroupRules) -> None:
        """Store a group's rules in place of the earlier ones."""
        values = {
            "is_on": rules.is_on,
            "who": rules.who.value,
            "jobs_per_member": rules.jobs_per_member,
            "jobs_per_day": rules.jobs_per_day,
        }
        upsert = (
            self._database.insert(GROUPS)
            .values(place=place, **values)
            .on_conflict_do_update(index_elements=["place"], set_=values)
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(upsert)

        await self._database.write(work)


def _rules(row: sa.Row[Any]) -> GroupRules:
    return GroupRules(
        is_on=row.is_on,
        who=Who(row.who),
        jobs_per_member=row.jobs_per_member,
        jobs_per_day=row.jobs_per_day,
    )
