"""What is asked all day costs no more however many orders lie in the past: an index finds it.

The plans are SQLite's, of the statements that were really made, the job engine's among them.
``tests/bench/growth.py`` measures the same with 100,000 orders, on PostgreSQL too.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.records import Records, open_records
from pipeline.store.quotas import Limits
from tests.integration.jobs_world import ASHA, World, job_id, opened, settings_in, until_final

GROWING = {
    *("orders", "history", "outbox", "photo_prints", "uses", "audit", "reports"),
    *("workflow_status", "workflow_input", "workflow_output", "operation_outputs"),
}
"""The tables with rows for every order there was."""
NOW = datetime.now(UTC)
LIMITS = Limits(per_day=9, place_per_day=9, place_per_owner_and_day=9, place_open=9)
Ask = Callable[[World, Records], Awaitable[object]]
ASKED: dict[str, Ask] = {
    "a new order": lambda world, _: world.submit(2),
    "a place in the line": lambda world, _: world.jobs.standing(job_id(2)),
    "somebody's open orders": lambda world, _: world.jobs.of_owner(ASHA),
    "everybody's open orders": lambda world, _: world.jobs.unfinished(),
    "the timeline of an order": lambda world, _: world.jobs.timeline(job_id(1)),
    "the newest results": lambda world, _: world.jobs.recent_results(),
    "whose day is used up": lambda _, records: records.community.quotas.take(
        job_id(3), owner=ASHA, place=ASHA, limits=LIMITS, day_began_at=NOW, now=NOW
    ),
    "the last day": lambda _, records: records.community.day.ended_since(NOW),
    "the last orders": lambda _, records: records.community.day.ids_since(NOW),
    "the orders of a day": lambda _, records: records.orders.accepted_between(NOW, NOW),
    "what is still needed": lambda _, records: records.orders.still_needed([job_id(1)], NOW),
    "all about somebody": lambda _, records: records.personal.of(ASHA),
    "what is too old": lambda _, records: records.old_rows.delete(NOW, draft=timedelta()),
}


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Hear every statement of every SQLite engine of this process."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        heard.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(settings_in(tmp_path)) as world:
        await world.submit(1)
        await until_final(world, 1)
        yield world


async def test_no_question_of_the_day_walks_through_the_past(world: World) -> None:
    walks: list[str] = []
    async with open_records(world.settings) as records:
        for name, ask in ASKED.items():
            with statements() as heard:
                await ask(world, records)
            plans = _plans(world.settings.data_dir / "bolti.db", heard)
            assert plans, f"{name} asked nothing"
            walks += [f"{name}: {plan} in {asked}" for asked, plan in plans if _walks(plan)]

    assert not walks, "\n".join(walks)


def test_a_walk_is_told_from_a_search() -> None:
    assert _walks("SCAN orders")
    assert _walks("SCAN main.workflow_status USING INDEX workflow_status_created_at_index")
    assert not _walks("SEARCH orders USING INDEX orders_by_state (state=?)")
    assert not _walks("SCAN workers")


def _plans(database: Path, heard: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Give each step of each plan with its statement."""
    engine = sa.create_engine(f"sqlite:///{database}")
    found: list[tuple[str, str]] = []
    with engine.connect() as connection:
        for statement, parameters in heard:
            if not re.match(r"\s*(SELECT|UPDATE|DELETE)", statement):
                continue
            asked = f"EXPLAIN QUERY PLAN {statement}"
            found += [(statement, row[3]) for row in connection.exec_driver_sql(asked, parameters)]
    engine.dispose()
    return found


def _walks(plan: str) -> bool:
    """Tell whether a step of a plan looks at every row of a table that grows."""
    found = re.match(r"SCAN (?:main\.)?(\w+)", plan)
    return found is not None and found[1] in GROWING
