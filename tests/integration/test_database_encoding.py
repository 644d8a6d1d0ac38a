"""A PostgreSQL database that cannot keep every letter is refused, with what to do."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.store.database import Database
from tests.postgres import PostgresServer


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_cannot_keep_hindi_is_refused_with_what_to_do(
    postgres_server: PostgresServer, encoding: str
) -> None:
    database = Database(postgres_server.new_database(encoding=encoding))

    with pytest.raises(errors.DatabaseNotUtf8, match=f"{encoding}.* ENCODING 'UTF8'"):
        await database.open()

    await database.close()


async def test_a_database_created_as_the_refusal_says_is_opened(
    postgres_server: PostgresServer,
) -> None:
    database = Database(postgres_server.new_database(encoding="UTF8"))

    await database.open()

    await database.close()
