"""The line of open orders: its mode, and what is known of each order that stands in it.

The same rows as ``orders``, seen by whoever makes the videos: lanes, tries, the length of the
speech, when a render began, the preview. One look gives the whole line, in one thread and on one
connection, so that a hundred who wait cost as much as one.

Where the next one goes: another fact that decides who goes first is a column of ``ORDERS`` and a
field of ``Ticket``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from pipeline.line import LineLook, LineMode, LineRow, Ticket
from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.store.order_table import OPEN, ORDERS, RESULT, change_order, progress_of, turn_now
from pipeline.store.paces import recent_paces
from pipeline.store.sealed_text import SealedText
from pipeline.types import EngineName, JobId, JobState, RenderResult

LINE = sa.Table(
    "line",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("note", SealedText),  # an operator's words to everybody
)
_NAME = "line"
_MODE: Final = sa.select(LINE)
_TICKET: Final[sa.Select[Any]] = sa.select(
    *(ORDERS.c.id, ORDERS.c.turn, ORDERS.c.tries, ORDERS.c.lane, ORDERS.c.speech_s),
    *(ORDERS.c.state, ORDERS.c.sending, ORDERS.c.progress, ORDERS.c.started_at, ORDERS.c.preview),
)
_TICKETS: Final[sa.Select[Any]] = _TICKET.where(ORDERS.c.state.in_(OPEN)).order_by(
    ORDERS.c.turn, ORDERS.c.id
)
_ANEW = (JobState.FAILED.value, JobState.CANCELLED.value)


class Line:
    """The line of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mode(self) -> LineRow:
        """Tell what operators let happen."""
        return await self._database.read(_mode)

    async def look(
        self, waiting: Callable[[sa.Connection], dict[EngineName, list[JobId]]]
    ) -> LineLook:
        """Look at the line; ``waiting`` reads, on the same connection, who waits for a render."""

        def work(connection: sa.Connection) -> LineLook:
            return LineLook(
                lines=waiting(connection),
                tickets={ticket.id: ticket for ticket in _tickets(connection)},
                paces=recent_paces(connection),
                mode=_mode(connection).mode,
            )

        return await self._database.read(work)

    async def set_mode(self, mode: LineMode, by: str, note: str = "") -> None:
        """Let something else happen; it outlives every process."""
        values = {"mode": mode.value, "by": by, "at": datetime.now(UTC), "note": note}
        insert = self._database.insert(LINE).values(name=_NAME, **values)
        upsert = insert.on_conflict_do_update(index_elements=["name"], set_=values)

        def work(connection: sa.Connection) -> None:
            connection.execute(upsert)

        await self._database.write(work)

    async def ticket(self, id: JobId) -> Ticket | None:
        """Return what the line knows of one order, open or not."""
        query = _TICKET.where(ORDERS.c.id == id)

        def work(connection: sa.Connection) -> Ticket | None:
            row = connection.execute(query).one_or_none()
            return _ticket(row) if row else None

        return await self._database.read(work)

    async def tickets(self) -> list[Ticket]:
        """List all open orders, whoever goes first first."""
        return await self._database.read(_tickets)

    async def choose_lane(self, id: JobId, lane: EngineName) -> None:
        """Record in which engine's line an order stands."""
        await change_order(self._database, id, {"lane": lane.value}, ORDERS.c.state.in_(OPEN))

    async def keep_preview(self, id: JobId, preview: RenderResult) -> bool:
        """Record the preview of an order that still waits for its video."""
        change = {"preview": RESULT.dump_json(preview).decode()}
        return await change_order(
            self._database,
            id,
            change,
            ORDERS.c.state.in_(OPEN),
            ~ORDERS.c.sending,
            what="preview made",
        )

    async def reopen(self, id: JobId, *, by: str) -> bool:
        """Let a failed or cancelled order be made anew; False for any other."""
        change = {
            "state": JobState.QUEUED.value,
            "tries": sa.func.coalesce(ORDERS.c.tries, 0) + 1,
            "turn": turn_now(),
            "sending": False,
            **dict.fromkeys(
                ("receipt", "progress", "result", "failure", "finished_at", "started_at")
            ),
            "preview": None,
        }
        return await change_order(
            self._database, id, change, ORDERS.c.state.in_(_ANEW), what="retried", by=by
        )


def _mode(connection: sa.Connection) -> LineRow:
    row = connection.execute(_MODE).one_or_none()
    if row is None:
        return LineRow()
    return LineRow(mode=LineMode(row.mode), by=row.by, at=row.at, note=row.note or "")


def _tickets(connection: sa.Connection) -> list[Ticket]:
    return [_ticket(row) for row in connection.execute(_TICKETS)]


def _ticket(row: sa.Row[Any]) -> Ticket:
    # Of a row of two hundred, by place: by name each column is looked up.
    id, turn, tries, lane, speech_s, state, sending, progress, started_at, preview = tuple(row)
    return Ticket(
        id=JobId(id),
        turn=turn,
        tries=tries or 0,
        lane=EngineName(lane) if lane else None,
        speech_s=speech_s,
        is_decided=state not in OPEN or sending,
        progress=progress_of(state, sending, progress),
        started_at=started_at,
        preview=RESULT.validate_json(preview) if preview else None,
    )
