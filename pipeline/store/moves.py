"""A group that got another name at its door: every row that names it follows."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.store.access import ENTRIES
from pipeline.store.database import Database
from pipeline.store.groups import GROUPS
from pipeline.store.questions import GRANTS, QUESTIONS
from pipeline.store.quotas import USES
from pipeline.types import Owner

NAMED_BY = (ENTRIES.c.who, GROUPS.c.place)
"""Columns that hold one row for each name."""
NAMING = (USES.c.place, QUESTIONS.c.place, GRANTS.c.place)


class Moves:
    """Renames places."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rename(self, old: Owner, new: Owner) -> None:
        """Let everything that is kept about a place stand under its new name.

        Safe to repeat: what stands under the new name already stays.
        """

        def work(connection: sa.Connection) -> None:
            for column in NAMED_BY:
                new_rows = sa.select(column).where(column == new)
                if connection.execute(new_rows).first() is None:
                    _rename(connection, column, old, new)
            for column in NAMING:
                _rename(connection, column, old, new)

        await self._database.write(work)


def _rename(connection: sa.Connection, column: sa.Column[str], old: Owner, new: Owner) -> None:
    connection.execute(sa.update(column.table).where(column == old).values({column.name: new}))
