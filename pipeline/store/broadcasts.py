"""A message to everybody: its text, and for each person whether it was sent.

Each person is claimed before the sending, so that a crash in between sends to nobody twice:
whoever was claimed and not settled counts as unsure. Who is written to is fixed at the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database, UtcTime
from pipeline.store.sealed_text import SealedText
from pipeline.types import Owner

BROADCASTS = sa.Table(
    "broadcasts",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("text", SealedText, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("reply_to", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text),
    sa.Column("changed_at", UtcTime),  # when it got its state; empty in rows of older versions
)
TARGETS = sa.Table(
    "broadcast_targets",
    METADATA,
    sa.Column("broadcast", sa.Text, primary_key=True),
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Index("broadcast_targets_by_state", "broadcast", "state", "who"),
)


class BroadcastState(StrEnum):
    """Where a broadcast is."""

    DRAFT = "draft"
    SENDING = "sending"
    DONE = "done"
    STOPPED = "stopped"


class Sent(StrEnum):
    """What is known of one person's copy."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    """Being sent; after a crash nobody knows."""
    SENT = "sent"
    REFUSED = "refused"
    """Has blocked the bot, or is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One message to everybody."""

    id: str
    by: Owner
    text: str
    state: BroadcastState
    reply_to: str
    """The operator's command, opaque here."""
    message_id: str | None = None
    """The message that shows how far it is."""


_FACTS = [BROADCASTS.c[field.name] for field in fields(Broadcast)]


class Broadcasts:
    """All broadcasts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draft(self, broadcast: Broadcast) -> None:
        """Keep a draft; the same one again is left as it is."""
        values = {
            "id": broadcast.id,
            "by": broadcast.by,
            "text": broadcast.text,
            "state": broadcast.state.value,
            "reply_to": broadcast.reply_to,
            "message_id": broadcast.message_id,
            "changed_at": datetime.now(UTC),
        }
        insert = self._database.insert(BROADCASTS).values(**values)
        await self._run(insert.on_conflict_do_nothing(index_elements=["id"]))

    async def set_message(self, id: str, message_id: str) -> None:
        """Remember which message shows how far it is."""
        update = sa.update(BROADCASTS).where(BROADCASTS.c.id == id)
        await self._run(update.values(message_id=message_id))

    async def get(self, id: str) -> Broadcast | None:
        """Return one, if it is there."""
        found = await self._list(BROADCASTS.c.id == id)
        return found[0] if found else None

    async def sending(self) -> list[Broadcast]:
        """List those that are under way."""
        return await self._list(BROADCASTS.c.state == BroadcastState.SENDING.value)

    async def start(self, id: str, people: Sequence[Owner]) -> bool:
        """Begin a draft, to these people; False if it is no draft any more."""
        rows = [{"broadcast": id, "who": who, "state": Sent.WAITING.value} for who in people]

        def work(connection: sa.Connection) -> bool:
            started = connection.execute(
                _move(id, BroadcastState.DRAFT, BroadcastState.SENDING)
            ).rowcount
            if started and rows:
                connection.execute(sa.insert(TARGETS), rows)
            return bool(started)

        return await self._database.write(work)

    async def end(self, id: str, before: BroadcastState, after: BroadcastState) -> bool:
        """End it; False if it was not where it is said to be."""
        return bool(await self._run(_move(id, before, after)))

    async def claim(self, id: str) -> Owner | None:
        """Take the right to write to one more person; None when nobody is left, or it ended."""
        waiting = (TARGETS.c.broadcast == id, TARGETS.c.state == Sent.WAITING.value)
        next_one = sa.select(TARGETS.c.who).where(*waiting).order_by(TARGETS.c.who).limit(1)
        going_on = sa.select(BROADCASTS.c.id).where(
            BROADCASTS.c.id == id, BROADCASTS.c.state == BroadcastState.SENDING.value
        )

        def work(connection: sa.Connection) -> Owner | None:
            self._database.serialize(connection, f"broadcast {id}")
            if connection.execute(going_on).first() is None:
                return None
            who = connection.execute(next_one).scalar_one_or_none()
            if who is not None:
                connection.execute(_settle(id, who, Sent.CLAIMED))
            return None if who is None else Owner(who)

        return await self._database.write(work, before_an_act=True)

    async def settle(self, id: str, who: Owner, sent: Sent) -> None:
        """Record what came of one person's copy."""
        await self._run(_settle(id, who, sent))

    async def counts(self, id: str) -> Counter[Sent]:
        """Count the copies by what is known of them."""
        query = (
            sa.select(TARGETS.c.state, sa.func.count())
            .where(TARGETS.c.broadcast == id)
            .group_by(TARGETS.c.state)
        )

        def work(connection: sa.Connection) -> Counter[Sent]:
            return Counter({Sent(state): count for state, count in connection.execute(query)})

        return await self._database.read(work)

    async def _list(self, which: sa.ColumnElement[bool]) -> list[Broadcast]:
        def work(connection: sa.Connection) -> list[Broadcast]:
            rows = connection.execute(sa.select(*_FACTS).where(which))
            return [
                Broadcast(**dict(row._mapping) | {"state": BroadcastState(row.state)})
                for row in rows
            ]

        return await self._database.read(work)

    async def _run(self, statement: sa.Executable) -> int:
        def work(connection: sa.Connection) -> int:
            result: Any = connection.execute(statement)
            return int(result.rowcount)

        return await self._database.write(work)


def _move(id: str, before: BroadcastState, after: BroadcastState) -> sa.Update:
    where = (BROADCASTS.c.id == id, BROADCASTS.c.state == before.value)
    change = {"state": after.value, "changed_at": datetime.now(UTC)}
    return sa.update(BROADCASTS).where(*where).values(change)


def _settle(id: str, who: str, sent: Sent) -> sa.Update:
    where = (TARGETS.c.broadcast == id, TARGETS.c.who == who)
    return sa.update(TARGETS).where(*where).values(state=sent.value)
