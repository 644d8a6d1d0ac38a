"""What the job engine still knows of work that ended: deleted when nothing can ask for it again.

DBOS keeps every workflow for ever. Its rows hold ids, times and keys, and serve one thing: that
work which goes on after a crash is not done again. So they go when their order is over and what it
stored is gone. Asks the engine from outside: any process may, launched or not.

Where the next one goes: a table that a newer DBOS brings is a line in ``LIVES``, or a test fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from dbos import DBOSClient
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from pipeline import errors
from pipeline.jobs.names import order_of
from pipeline.jobs.sqlite_clock import give_clock
from pipeline.types import JobId

LIVES: Final[Mapping[str, str]] = {
    "workflow_status": "goes when its order is over and what it stored is gone",
    "workflow_input": "goes with its workflow",
    "workflow_output": "goes with its workflow",
    "operation_outputs": "goes with its workflow",
    "workflow_events": "not used here; goes with its workflow",
    "workflow_events_history": "not used here; goes with its workflow",
    "streams": "not used here; goes with its workflow",
    "notifications": "not used here; goes with its workflow",
    "queues": "one for each queue",
    "application_versions": "one for each version of the workflows",
    "workflow_schedules": "not used here",
}
"""How long the rows of each of the engine's tables live."""
IN_HAND: Final = ["ENQUEUED", "DELAYED", "PENDING"]
ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
BATCH: Final = 100
PAUSE_S: Final = 0.02

StillNeeded = Callable[[Sequence[JobId], datetime], Awaitable[set[JobId]]]
"""Given orders and a time: those that are open, or ended later than that."""


async def delete_past(
    database_url: str,
    still_needed: StillNeeded,
    before: datetime,
    *,
    batch: int = BATCH,
    pause_s: float = PAUSE_S,
) -> int:
    """Delete the workflows that ended before a time and whose orders did; tell how many.

    Raises ``StoreUnavailable``. An engine that was never started has nothing to delete.
    """
    give_clock()
    try:
        client = await asyncio.to_thread(_connect, database_url)
        try:
            return await _delete(client, still_needed, before, batch, pause_s)
        finally:
            await asyncio.to_thread(client.destroy)
    except (OperationalError, ProgrammingError) as e:
        if "workflow_status" in str(e.orig):  # no such table
            return 0
        raise errors.StoreUnavailable(type(e.orig).__name__) from e
    except SQLAlchemyError as e:
        raise errors.StoreUnavailable(type(e).__name__) from e


async def _delete(
    client: DBOSClient, still_needed: StillNeeded, before: datetime, batch: int, pause_s: float
) -> int:
    deleted = kept = 0
    # A workflow that goes on after a crash asks for what came of the others of its order.
    in_hand = await client.list_workflows_async(
        status=IN_HAND, load_input=False, load_output=False
    )
    busy = {order_of(workflow.workflow_id) for workflow in in_hand}
    while True:
        ended = await client.list_workflows_async(
            status=ENDED,
            completed_before=before.isoformat(),
            load_input=False,
            load_output=False,
            limit=batch,
            offset=kept,
        )
        orders = {w.workflow_id: order_of(w.workflow_id) for w in ended}
        needed = busy | await still_needed(list(set(orders.values())), before)
        gone = [name for name, order in orders.items() if order not in needed]
        if gone:
            await client.delete_workflows_async(gone)
            await asyncio.sleep(pause_s)
        deleted += len(gone)
        kept += len(ended) - len(gone)
        if len(ended) < batch:
            return deleted


def _connect(database_url: str) -> DBOSClient:
    return DBOSClient(system_database_url=database_url, retry_connection_errors=False)
