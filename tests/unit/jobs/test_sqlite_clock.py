"""An old SQLite library answers what DBOS asks it on Python 3.12."""

import time
from pathlib import Path

from sqlalchemy import create_engine, text

from pipeline.jobs.sqlite_clock import give_clock


def test_every_connection_knows_the_time_to_the_millisecond(tmp_path: Path) -> None:
    give_clock()
    give_clock()
    engine = create_engine(f"sqlite:///{tmp_path / 'clock.db'}")

    before_ms = time.time_ns() // 1_000_000
    with engine.connect() as connection:
        connection.execute(
            text("CREATE TABLE t (at INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000), n)")
        )
        connection.execute(text("INSERT INTO t (n) VALUES (1)"))
        at_ms = connection.execute(text("SELECT at FROM t")).scalar_one()
    engine.dispose()

    assert before_ms - 1 <= at_ms <= time.time_ns() // 1_000_000 + 1
