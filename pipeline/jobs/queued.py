"""Who waits for a render: one statement on the job engine's table, on a connection that is given.

DBOS's own listing takes a statement for each queue, thirty columns of each row, and a thread each;
a place in the line is asked for more often than anything else. An index finds the rows that wait
however many lie in the past: DBOS's own on PostgreSQL, ours on SQLite (``sqlite_index.py``). The
table is DBOS 3.4's; ``tests/integration/test_jobs_line.py`` compares with what it lists itself.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from pipeline.jobs.names import Making, read_name
from pipeline.jobs.ports import QueueName
from pipeline.types import EngineName, JobId

_QUEUES: Final = {str(queue): queue.lane for queue in QueueName if queue.lane is not None}
_QUERY: Final = """
SELECT workflow_uuid, queue_name FROM {table}
WHERE status = 'ENQUEUED' AND queue_name IN ({queues})
ORDER BY priority, created_at, workflow_uuid
"""


def waiting(connection: sa.Connection) -> dict[EngineName, list[JobId]]:
    """List the orders whose videos wait for each engine, next first."""
    table = "workflow_status" if connection.dialect.name == "sqlite" else "dbos.workflow_status"
    query = _QUERY.format(table=table, queues=", ".join(f"'{queue}'" for queue in _QUEUES))
    lines: dict[EngineName, list[JobId]] = {lane: [] for lane in EngineName}
    for name, queue in connection.exec_driver_sql(query):
        id, making = read_name(name)
        if making is Making.VIDEO:
            lines[_QUEUES[queue]].append(id)
    return lines
