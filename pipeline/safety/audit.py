"""The audit trail: what was done, when, to which ids. Rows are added, never changed.

Each row carries a digest over itself and the row before it, made with a key: whoever changes,
removes, adds or swaps a row without the key is found by ``verify``. Only the end can be cut off
unseen; so ``verify`` tells the newest digest, and takes one that was written down elsewhere.

A row holds ids, digests and short codes. A person stands in it as a keyed digest: with the key one
can ask "was it this person", without it nothing can be told. No text, no name, no face.

Where the next one goes: another thing worth recording is an ``Event``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from pipeline import errors
from pipeline.types import AuditRow, Owner

BEGINNING = "0" * 64
SHORT = re.compile(r"[A-Za-z0-9_.:#-]{0,100}")
"""What a fact may look like: an id, a digest, a code; no sentence fits."""


class Event(StrEnum):
    """What happened."""

    CONSENT_GIVEN = "consent given"
    CONSENT_WITHDRAWN = "consent withdrawn"
    ORDERED = "ordered"
    DELIVERED = "delivered"
    REPORTED = "reported"
    DECIDED = "report decided"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    OPTED_OUT = "opted out"
    EXPORTED = "data exported"
    FORGOTTEN = "data forgotten"
    ADMIN = "admin act"


class AuditRows(Protocol):
    """Where the trail is kept."""

    async def append(self, make: Callable[[int, str], AuditRow]) -> AuditRow:
        """Add one row after the newest; one writer at a time, on every database.

        ``make`` is given the number of the new row and the digest of the one before.
        """
        ...

    def walk(self) -> AsyncIterator[AuditRow]:
        """Yield every row, the oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A trail that holds."""

    rows: int
    newest: str
    """Write it down elsewhere: it proves later that nothing was cut off."""


class Audit:
    """Add to the trail, and check it."""

    def __init__(
        self,
        rows: AuditRows,
        key: bytes,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._rows, self._key, self._now = rows, key, now

    async def record(
        self, event: Event, *, who: Owner | None = None, about: str = "", **facts: str | int
    ) -> None:
        """Add a row. Raises ``ValueError`` for a fact that is no id, digest or code."""
        values = {name: str(value) for name, value in sorted(facts.items())}
        for value in (about, *values.values()):
            if not SHORT.fullmatch(value):
                raise ValueError("The audit trail takes ids, digests and codes only.")
        at = self._now()

        def make(number: int, before: str) -> AuditRow:
            row = AuditRow(
                number=number,
                at=at,
                event=event.value,
                who=self.pseudonym(who) if who else "",
                about=about,
                facts=json.dumps(values, separators=(",", ":")),
                digest="",
            )
            return replace(row, digest=self._digest(row, before))

        await self._rows.append(make)

    async def verify(self, newest: str | None = None) -> Trail:
        """Walk the whole trail. Raises ``AuditBroken`` at the first row that does not fit.

        ``newest`` is a digest that was written down earlier: its row must still be there.
        """
        before, count, seen = BEGINNING, 0, newest is None
        async for row in self._rows.walk():
            count += 1
            if row.number != count or not hmac.compare_digest(
                row.digest, self._digest(row, before)
            ):
                raise errors.AuditBroken(count)
            before = row.digest
            seen = seen or row.digest == newest
        if not seen:
            raise errors.AuditBroken(count + 1)
        return Trail(rows=count, newest=before)

    def pseudonym(self, who: Owner) -> str:
        """Give the name under which a person stands in the trail."""
        return hmac.new(self._key, f"person {who}".encode(), hashlib.sha256).hexdigest()[:32]

    def _digest(self, row: AuditRow, before: str) -> str:
        told = [before, row.number, row.at.timestamp(), row.event, row.who, row.about, row.facts]
        return hmac.new(self._key, json.dumps(told).encode(), hashlib.sha256).hexdigest()
