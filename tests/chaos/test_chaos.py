"""A few kills of everything, in each run of the tests; ``make chaos`` does hundreds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgres
from tests.chaos.plan import Plan
from tests.chaos.run import run

KILLS = 5


async def test_nothing_is_lost_and_nothing_sent_twice_on_sqlite(tmp_path: Path) -> None:
    report = await run(Plan(folder=tmp_path, kills=KILLS, people=4))

    print(report.table())
    assert report.wrong == []
    assert report.fates, "nobody asked for anything"


@pytest.mark.slow
async def test_nothing_is_lost_and_nothing_sent_twice_on_postgresql(tmp_path: Path) -> None:
    with postgres.running() as server:
        plan = Plan(folder=tmp_path, kills=KILLS, people=4, database=server.new_database())
        report = await run(plan, server)

    print(report.table())
    assert report.wrong == []
    assert report.fates, "nobody asked for anything"
