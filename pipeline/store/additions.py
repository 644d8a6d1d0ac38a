"""Columns and indexes that a newer version declares, added to tables that exist.

The whole migration there is: a table only ever grows. What it adds must be nullable or bring a
default of the database (``server_default``), so that rows of an older version are valid, and an
older version that still runs beside it can go on writing. Works the same on SQLite and
PostgreSQL, and may run in several processes at once.

Not known here: what a column means. Where the next one goes: a column in the table's own file;
nothing here. Renaming, retyping and dropping are not done: add the new one, and read both.
"""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

log = logging.getLogger(__name__)


def add_what_is_new(connection: sa.Connection, metadata: sa.MetaData) -> list[str]:
    """Create absent tables, then absent columns and indexes; tell what was added to old tables.

    Raises ``ValueError`` for a declared column that old rows could not satisfy: a bug.
    """
    seen = sa.inspect(connection)
    old = [table for table in metadata.sorted_tables if seen.has_table(table.name)]
    metadata.create_all(connection)
    return [name for table in old for name in _grow(connection, table, seen)]


def _grow(connection: sa.Connection, table: sa.Table, seen: sa.Inspector) -> list[str]:
    there = {column["name"] for column in seen.get_columns(table.name)}
    new = [column for column in table.columns if column.name not in there]
    for column in new:
        if not column.nullable and column.server_default is None:
            raise ValueError(f"{table.name}.{column.name} is new: make it nullable or default it.")
        _add_column(connection, table, column)
    indexed = {index["name"] for index in seen.get_indexes(table.name)}
    missing = [index for index in table.indexes if index.name not in indexed]
    for index in missing:
        index.create(connection, checkfirst=True)
    added = [*(str(column.name) for column in new), *(str(index.name) for index in missing)]
    if added:
        log.info("the table %s has grown: %s", table.name, ", ".join(added))
    return [f"{table.name}.{name}" for name in added]


def _add_column(connection: sa.Connection, table: sa.Table, column: sa.Column[object]) -> None:
    dialect = connection.dialect
    name = dialect.identifier_preparer.format_table(table)
    written = CreateColumn(column).compile(dialect=dialect)
    statement = f"ALTER TABLE {name} ADD COLUMN {written}"
    # In a ``text`` a colon would begin a parameter.
    connection.execute(sa.text(statement.replace(":", "\\:")))
