"""The index that SQLite needs to answer DBOS without walking through everything that ever ran.

DBOS 3.4 asks for workflows by their status, every two seconds and for each place in the line. Its
own indexes are partial (``WHERE status IN ('ENQUEUED', 'PENDING')``): PostgreSQL uses them, SQLite
does not where the status is a parameter, and reads every row instead. With this one it reads those
that are asked for (``tests/integration/test_growth.py`` looks at the plans).
"""

from __future__ import annotations

import sqlalchemy as sa

INDEX = (
    "CREATE INDEX IF NOT EXISTS bolti_workflows_by_status ON workflow_status (status, created_at)"
)

BUSY_S = 30
"""How long the first start waits for another process's write, as DBOS does."""


def give_index(database_url: str) -> None:
    """Make it if it is absent; the tables are there. Blocking; other databases need none."""
    if not database_url.startswith("sqlite"):
        return
    engine = sa.create_engine(database_url, connect_args={"timeout": BUSY_S})
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(INDEX)
    finally:
        engine.dispose()
