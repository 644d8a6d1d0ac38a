"""Multiply the rows of one order over the past, in every table that has any.

In SQL, so that a hundred thousand orders take seconds: each copy has an id, a person and times of
its own; what the engine has recorded inside is that of the first. Works on SQLite and PostgreSQL.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from pipeline.types import JobId

FIRST_COPY = 1_000_000
TIMES = {
    *("created_at", "updated_at", "completed_at", "finished_at", "started_at", "used_at", "at"),
    *("started_at_epoch_ms", "completed_at_epoch_ms", "retention_timestamp"),
}
NAMED_BY = ("workflow_uuid", "job_id", "about", "id")
NUMBERED = {"history": "number"}
"""Tables that number their rows by themselves."""
ROOM = 10
"""Between the numbers of two copies, where a table does not number its rows by itself."""
DAY_S = 86_400


def multiply(url: str, order: JobId, copies: int, days: int, people: int) -> None:
    """Write ``copies`` of the order's rows, spread evenly over the last ``days``."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        series = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {}) "
        connection.exec_driver_sql("CREATE TEMPORARY TABLE copies (n INTEGER)")
        connection.exec_driver_sql(
            "INSERT INTO copies " + series.format(copies) + "SELECT n FROM c"
        )
        for schema in (None, "dbos") if engine.dialect.name == "postgresql" else (None,):
            found = sa.MetaData()
            found.reflect(connection, schema=schema)
            for table in found.sorted_tables:
                if table.name != "copies":
                    _copy(connection, table, order, days * DAY_S / copies, people)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")  # as its autovacuum does
    engine.dispose()


def _copy(
    connection: sa.Connection, table: sa.Table, order: JobId, step_s: float, people: int
) -> None:
    key = next((table.c[name] for name in NAMED_BY if name in table.c), None)
    if key is None or not isinstance(key.type, sa.String | sa.Text):
        return
    copies = sa.table("copies", sa.column("n", sa.Integer))
    columns = [c for c in table.columns if c.name != NUMBERED.get(table.name)]
    values = [_value(column, copies.c.n, order, step_s, people, connection) for column in columns]
    rows = sa.select(*values).select_from(table.join(copies, sa.true()))
    rows = rows.where(key.like(f"{order}%"))
    connection.execute(sa.insert(table).from_select([c.name for c in columns], rows))


def _value(
    column: sa.Column[object],
    n: sa.ColumnElement[int],
    order: JobId,
    step_s: float,
    people: int,
    connection: sa.Connection,
) -> sa.ColumnElement[Any]:
    number = n + FIRST_COPY
    digits = (
        sa.func.printf("%012d", number)
        if connection.dialect.name == "sqlite"
        else sa.func.lpad(sa.cast(number, sa.Text), 12, "0")
    )
    if column.name == "number":
        return column + n * ROOM
    if column.name == "owner":
        return sa.literal("telegram:") + sa.cast(n % people, sa.Text)
    if column.name in TIMES:
        in_seconds = isinstance(column.type, sa.Float | sa.Double)
        shift = n * step_s if in_seconds else sa.cast(n * (1000 * step_s), sa.BigInteger)
        return column - shift
    if isinstance(column.type, sa.String | sa.Text) and "uuid" not in str(column.type).lower():
        return sa.func.replace(column, order, sa.literal("tg-") + digits)
    return column
