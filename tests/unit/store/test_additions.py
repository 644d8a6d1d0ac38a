"""A database of an older version is opened by a newer one, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.store.additions import add_what_is_new
from pipeline.store.database import METADATA, Database

OLD = "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT)"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql(OLD)
        connection.exec_driver_sql("INSERT INTO people VALUES ('a', 'Asha')")
        yield connection
    engine.dispose()


def newer(*columns: sa.Column[object]) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "people",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text),
        *columns,
    )
    return metadata


def rows(connection: sa.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM people")]


def test_new_columns_are_added_and_old_rows_stay(connection: sa.Connection) -> None:
    metadata = newer(
        sa.Column("voice", sa.Text),
        sa.Column("speed", sa.Integer, nullable=False, server_default="100"),
        sa.Column("share", sa.Text, nullable=False, server_default="50 % at 9:30"),
    )

    added = add_what_is_new(connection, metadata)

    assert added == ["people.voice", "people.speed", "people.share"]
    assert rows(connection) == [("a", "Asha", None, 100, "50 % at 9:30")]


def test_an_older_version_beside_it_can_go_on_writing(connection: sa.Connection) -> None:
    add_what_is_new(
        connection, newer(sa.Column("on", sa.Boolean, nullable=False, server_default=sa.true()))
    )

    connection.exec_driver_sql("INSERT INTO people (id, name) VALUES ('b', 'Bina')")

    assert rows(connection)[1] == ("b", "Bina", 1)


def test_the_second_start_adds_nothing(connection: sa.Connection) -> None:
    metadata = newer(sa.Column("city", sa.Text, index=True))

    assert add_what_is_new(connection, metadata) == ["people.city", "people.ix_people_city"]
    assert add_what_is_new(connection, metadata) == []


def test_a_table_that_is_absent_is_created(connection: sa.Connection) -> None:
    metadata = newer()
    sa.Table("places", metadata, sa.Column("id", sa.Text, primary_key=True))

    assert add_what_is_new(connection, metadata) == []
    assert sa.inspect(connection).has_table("places")


def test_a_column_that_old_rows_cannot_have_is_a_bug(connection: sa.Connection) -> None:
    with pytest.raises(ValueError, match=r"people\.age"):
        add_what_is_new(connection, newer(sa.Column("age", sa.Integer, nullable=False)))


async def test_opening_a_database_brings_it_up_to_date(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE drafts (key TEXT PRIMARY KEY, script TEXT)")
        connection.exec_driver_sql(
            "ALTER TABLE drafts ADD COLUMN updated_at FLOAT NOT NULL DEFAULT 0"
        )
    engine.dispose()
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")

    await database.open()

    columns = await database.read(
        lambda c: {x["name"] for x in sa.inspect(c).get_columns("drafts")}
    )
    assert columns == set(METADATA.tables["drafts"].columns.keys())
    await database.close()
