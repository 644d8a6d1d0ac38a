"""Who was an operator when the door was last opened.

A door shows operators what it shows nobody else; from whoever is one no longer it takes that away,
and for that it must remember them. What an operator may do is decided by the settings alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database
from pipeline.types import Owner

OPERATORS = sa.Table("operators", METADATA, sa.Column("who", sa.Text, primary_key=True))


class Operators:
    """The operators of the last time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> set[Owner]:
        """Give everybody who is remembered."""

        def work(connection: sa.Connection) -> set[Owner]:
            return {Owner(who) for who in connection.scalars(sa.select(OPERATORS.c.who))}

        return await self._database.read(work)

    async def remember(self, operators: Iterable[Owner]) -> None:
        """Remember these too; safe to repeat."""
        rows = [{"who": who} for who in operators]
        insert = self._database.insert(OPERATORS).on_conflict_do_nothing(index_elements=["who"])

        def work(connection: sa.Connection) -> None:
            if rows:
                connection.execute(insert, rows)

        await self._database.write(work)

    async def forget(self, who: Owner) -> None:
        """Forget one."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(OPERATORS).where(OPERATORS.c.who == who))

        await self._database.write(work)
