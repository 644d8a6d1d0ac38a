"""What needs torch is tested where torch is installed; the jobs are tested on both databases."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.integration.jobs_world import name_database, opened, settings_in

collect_ignore_glob = ["test_latentsync_*.py"] if importlib.util.find_spec("torch") is None else []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test of the jobs on SQLite and on PostgreSQL."""
    if metafunc.module.__name__.rpartition(".")[2].startswith("test_jobs_"):
        metafunc.parametrize("kind_of_database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """Run one server for all tests of this process."""
    with postgres.running() as server:
        yield server


@pytest.fixture(autouse=True)
async def kind_of_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the jobs of this test the kind of database that it is run with."""
    kind = getattr(request, "param", "sqlite")
    if kind == "postgresql":
        server: postgres.PostgresServer = request.getfixturevalue("postgres_server")
        if not server.has_template:
            # With its tables and queues: it spares each test two seconds.
            async with opened(settings_in(tmp_path, database=server.new_database())) as world:
                template = world.settings.database_url
            server.use_template(template)
        name_database(tmp_path, server.new_database())
    return str(kind)
