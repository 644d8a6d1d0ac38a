"""What the job engine keeps of the past is known, table by table and name by name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from dbos._schemas.system_database import SystemSchema

from pipeline.jobs.names import Making, order_name, order_of, render_name
from pipeline.jobs.past import LIVES, delete_past
from pipeline.types import JobId

JOB = JobId("tg-000000000007")
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_every_table_of_the_engine_has_a_stated_life() -> None:
    assert set(LIVES) == {table.name for table in SystemSchema.metadata_obj.sorted_tables}


@pytest.mark.parametrize("tries", [0, 3])
def test_every_workflow_tells_its_order(tries: int) -> None:
    names = [order_name(JOB, tries), *(render_name(JOB, tries, making) for making in Making)]

    sent_again = (f"{JOB}-again-2", f"{JOB}-file-7", f"{JOB}-copy-8")
    assert {order_of(name) for name in (*names, *sent_again)} == {JOB}


async def test_an_engine_that_was_never_started_has_no_past(tmp_path: Path) -> None:
    async def nobody(*_: object) -> set[JobId]:
        raise AssertionError("There is nothing to ask about.")

    database = tmp_path / "bolti.db"
    database.touch()

    assert await delete_past(f"sqlite:///{database}", nobody, NOW) == 0
