"""The table of the orders, shared by who looks at single orders and who looks at the line.

Where the next one goes: another fact of an order is a column, and a verb that writes it in
``orders.py`` (what people ask about) or ``line.py`` (what decides who goes first).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.store.history import record
from pipeline.types import JobId, JobState, Progress, RenderResult, Stage

ORDERS = sa.Table(
    "orders",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("reply_to", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),  # its place in the line: lower goes first
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sending", sa.Boolean, nullable=False),  # too late to cancel
    sa.Column("receipt", sa.Text),  # what the door returned when it announced the order
    sa.Column("progress", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("failure", sa.Text),
    sa.Column("finished_at", UtcTime),
    sa.Column("speech_s", sa.Double),  # about how long the speech will be
    sa.Column("lane", sa.Text),  # in which engine's line it stands
    sa.Column("tries", sa.Integer),  # how often somebody had it made anew
    sa.Column("started_at", UtcTime),  # when its render began
    sa.Column("preview", sa.Text),  # the quick preview
    sa.Index("orders_by_owner", "owner", "state"),
    sa.Index("orders_by_state", "state", "finished_at"),
    sa.Index("orders_by_age", "created_at"),
)

TURNS_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A turn counts seconds from here, so that it fits 31 bits until 2094."""

OPEN: Final = (JobState.QUEUED.value, JobState.RUNNING.value)
FINAL: Final = tuple(state.value for state in JobState if state.is_final)
"""Asked for by name, not as "not open": only so an index finds them."""
RESULT: Final = TypeAdapter(RenderResult)
PROGRESS: Final = TypeAdapter(Progress)
_SENDING: Final = Progress(stage=Stage.SENDING)
_WAITING: Final = Progress(stage=Stage.WAITING)


def turn_now(delay_s: float = 0.0) -> int:
    """Give the turn of an order that comes now, or is treated as if it came later."""
    return int((datetime.now(UTC) - TURNS_SINCE).total_seconds() + delay_s)


def progress_of(state: str, is_sending: bool, progress: str | None) -> Progress | None:
    """Tell from its columns how far an order is; None when it is final."""
    if state in FINAL:
        return None
    if is_sending:
        return _SENDING
    return PROGRESS.validate_json(progress) if progress else _WAITING


async def change_order(
    database: Database,
    id: JobId,
    values: dict[str, Any],
    *when: sa.ColumnElement[bool],
    what: str = "",
    by: str = "",
) -> bool:
    """Change an order if all of ``when`` holds, and put ``what`` into its history with it.

    Return False, with nothing written, where it does not hold or there is no such order.
    """
    update = sa.update(ORDERS).where(ORDERS.c.id == id, *when).values(values)

    def work(connection: sa.Connection) -> bool:
        done = bool(connection.execute(update).rowcount)
        if done and what:
            record(connection, id, what, by)
        return done

    return await database.write(work)
