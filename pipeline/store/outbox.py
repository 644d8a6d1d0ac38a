"""The outbox: the intent to send, written before the sending. Never twice, never none.

A send cannot be repeated unseen, and a crash may fall between the send and its record. So a sender
claims the row (``ready`` to ``sending``, committed) before it sends. Whoever finds the row in
``sending`` later knows only that somebody may have sent: that is ``unknown``; a person decides.
Nothing here knows what is sent or to whom. What is sent about a job beside its video (the word
that it failed, a copy) has a row of its own, which names the job in ``about``.

::

    ready ── claim ──> sending ── sent ────────> sent
      ^                   ├────── refused ─────> refused
      ├──── not_sent ─────┤
      └──── again ──── unknown <── unknown ──────┘

Where the next one goes: another outcome is a state, a verb below, and its row in the table of
``bot/delivery``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from pipeline.store.database import METADATA, Database
from pipeline.types import CopyKind, JobId

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("job_id", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("message_id", sa.Text),
    sa.Column("file_id", sa.Text),
    sa.Column("file_unique_id", sa.Text),  # the same for everybody, wherever it is forwarded
    sa.Column("about", sa.Text),  # the job, where this is not its video
    sa.Index("outbox_by_file", "file_unique_id"),
    sa.Index("outbox_by_about", "about"),
)

BATCH = 1000
"""How many ids are read at once; a walk through all lets others have their turn between."""


class OutboxState(StrEnum):
    """What is known about one delivery."""

    READY = "ready"  # nothing was sent
    SENDING = "sending"  # somebody is sending, or died while doing so
    SENT = "sent"
    UNKNOWN = "unknown"  # perhaps sent: only a person may send again
    REFUSED = "refused"  # cannot be delivered: blocked, or the chat is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One delivery and what is known about it."""

    state: OutboxState
    attempt: int
    """1 for the first delivery, one more for each "send again"."""
    message_id: str | None
    file_id: str | None


class Outbox:
    """The deliveries of all jobs."""

    def __init__(self, database: Database, batch: int = BATCH) -> None:
        self._database, self._batch = database, batch

    async def open(self, job_id: JobId, about: JobId | None = None) -> None:
        """Make the row, ready, unless it is there; ``about`` is the job of what is no video."""
        insert = self._database.insert(OUTBOX).values(
            job_id=job_id, state=OutboxState.READY.value, attempt=1, about=about
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(insert.on_conflict_do_nothing(index_elements=["job_id"]))

        await self._database.write(work)

    async def claim(self, job_id: JobId) -> bool:
        """Take the right to send: True for exactly one caller, committed before this returns."""
        return await self._move(
            job_id, (OutboxState.READY,), OutboxState.SENDING, before_an_act=True
        )

    async def get(self, job_id: JobId) -> OutboxRow | None:
        """Return what is known, if the row is there."""
        query = sa.select(
            OUTBOX.c.state, OUTBOX.c.attempt, OUTBOX.c.message_id, OUTBOX.c.file_id
        ).where(OUTBOX.c.job_id == job_id)

        def work(connection: sa.Connection) -> OutboxRow | None:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            state, attempt, message_id, file_id = row
            return OutboxRow(
                state=OutboxState(state), attempt=attempt, message_id=message_id, file_id=file_id
            )

        return await self._database.read(work)

    async def sent(
        self,
        job_id: JobId,
        message_id: str,
        file_id: str | None,
        file_unique_id: str | None = None,
    ) -> None:
        """Record that it arrived, also when that becomes known late."""
        before = (OutboxState.SENDING, OutboxState.UNKNOWN)
        known = {"message_id": message_id, "file_id": file_id, "file_unique_id": file_unique_id}
        await self._move(job_id, before, OutboxState.SENT, known)

    async def job_of_file(self, file_unique_id: str) -> JobId | None:
        """Find the job whose video this is, wherever it was forwarded to."""
        job = sa.func.coalesce(OUTBOX.c.about, OUTBOX.c.job_id)
        query = sa.select(job).where(OUTBOX.c.file_unique_id == file_unique_id)

        def work(connection: sa.Connection) -> JobId | None:
            found = connection.scalars(query.limit(1)).one_or_none()
            return JobId(found) if found else None

        return await self._database.read(work)

    async def copy_of(self, job_id: JobId, kind: CopyKind) -> str | None:
        """Find the id, at the messenger, of a copy of this kind that was sent of a job's video."""
        query = sa.select(OUTBOX.c.file_id).where(
            OUTBOX.c.about == job_id,
            OUTBOX.c.job_id.startswith(f"{job_id}-{kind}-", autoescape=True),
            OUTBOX.c.file_id.is_not(None),
        )

        def work(connection: sa.Connection) -> str | None:
            file_id: str | None = connection.scalars(query.limit(1)).one_or_none()
            return file_id

        return await self._database.read(work)

    async def videos_of(self, job_id: JobId) -> list[str]:
        """List the messages that show a job's video: the first one, and its copies."""
        of_it = sa.or_(OUTBOX.c.job_id == job_id, OUTBOX.c.about == job_id)
        query = sa.select(OUTBOX.c.message_id).where(
            of_it, OUTBOX.c.file_id.is_not(None), OUTBOX.c.message_id.is_not(None)
        )

        def work(connection: sa.Connection) -> list[str]:
            return list(connection.scalars(query))

        return await self._database.read(work)

    async def job_ids(self) -> AsyncIterator[list[JobId]]:
        """Yield every job that came to be delivered, the newest first, some at a time."""
        rows = await self._older_than(None)
        while rows:
            yield [JobId(id) for id, about in rows if about is None]
            rows = await self._older_than(rows[-1][0])

    async def _older_than(self, job_id: str | None) -> Sequence[tuple[str, str | None]]:
        # In the order of the key: what is no video is left out afterwards, or a database may
        # choose to collect and sort all videos for each page.
        newest = sa.select(OUTBOX.c.job_id, OUTBOX.c.about).order_by(OUTBOX.c.job_id.desc())
        query = newest if job_id is None else newest.where(OUTBOX.c.job_id < job_id)

        def work(connection: sa.Connection) -> Sequence[tuple[str, str | None]]:
            return [(id, about) for id, about in connection.execute(query.limit(self._batch))]

        return await self._database.read(work)

    async def not_sent(self, job_id: JobId) -> None:
        """Record that surely nothing was sent: it may be claimed again."""
        await self._move(job_id, (OutboxState.SENDING,), OutboxState.READY)

    async def unknown(self, job_id: JobId) -> None:
        """Record that it may or may not have arrived."""
        await self._move(job_id, (OutboxState.SENDING,), OutboxState.UNKNOWN)

    async def refused(self, job_id: JobId) -> None:
        """Record that it cannot be delivered, ever."""
        await self._move(job_id, (OutboxState.SENDING,), OutboxState.REFUSED)

    async def again(self, job_id: JobId, last: int) -> int | None:
        """Let an unknown delivery be sent again; the attempt's number, or None if not unknown.

        ``last`` is the attempt that was told to be unknown. Of two who ask about the same one,
        at once or much later, one wins.
        """
        update = (
            sa.update(OUTBOX)
            .where(
                OUTBOX.c.job_id == job_id,
                OUTBOX.c.state == OutboxState.UNKNOWN.value,
                OUTBOX.c.attempt == last,
            )
            .values(state=OutboxState.READY.value, attempt=OUTBOX.c.attempt + 1)
            .returning(OUTBOX.c.attempt)
        )

        def work(connection: sa.Connection) -> int | None:
            attempt: int | None = connection.execute(update).scalar_one_or_none()
            return attempt

        return await self._database.write(work)

    async def _move(
        self,
        job_id: JobId,
        before: tuple[OutboxState, ...],
        after: OutboxState,
        values: dict[str, str | None] | None = None,
        *,
        before_an_act: bool = False,
    ) -> bool:
        update = (
            sa.update(OUTBOX)
            .where(OUTBOX.c.job_id == job_id, OUTBOX.c.state.in_(s.value for s in before))
            .values(state=after.value, **(values or {}))
        )

        def work(connection: sa.Connection) -> bool:
            return bool(connection.execute(update).rowcount)

        return await self._database.write(work, before_an_act=before_an_act)
