"""The status line of an order in a group: none at first, one when the wait grows long.

A group is a quiet place, and the reaction on the request is the first sign. So the announcement
sends nothing there and gives a receipt that only names the line; the line itself comes later, by
the rules of the outbox: at most once for each try, found again after a crash. Not known here: when
it comes, and what it says.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.address import Address
from bot.delivery.outbox import send_once
from bot.delivery.words import Words
from pipeline.store.outbox import OutboxState
from pipeline.types import JobId

if TYPE_CHECKING:
    from bot.delivery.progress import Wanted
    from pipeline.store.outbox import Outbox

LATER = "later-"


def later_receipt() -> str:
    """Give the receipt of an announcement that said nothing; each try of an order has its own."""
    return f"{LATER}{time.time_ns()}"


class Lines:
    """Finds the status message of an order, and sends the one that came late."""

    def __init__(self, outbox: Outbox, words: Words) -> None:
        self._outbox, self._words = outbox, words

    async def find(self, job_id: JobId, receipt: str) -> str | None:
        """Give the message that says where an order is; None where none was sent."""
        if not receipt.startswith(LATER):
            return receipt or None
        row = await self._outbox.get(_key(job_id, receipt))
        return None if row is None else row.message_id

    async def begin(
        self, job_id: JobId, address: Address, receipt: str, wanted: Wanted
    ) -> str | None:
        """Send the line, silently, unless it was sent; None where nobody knows or nobody can.

        Raises ``DeliveryDelayed`` when nothing was sent and another try can help.
        """
        key = _key(job_id, receipt)
        await self._outbox.open(key, about=job_id)
        await send_once(
            self._outbox,
            key,
            address,
            lambda to: self._words.send(to, wanted.text, wanted.keyboard, silent=True),
        )
        row = await self._outbox.get(key)
        if row is None or row.state is not OutboxState.SENT:
            return None
        return row.message_id


def _key(job_id: JobId, receipt: str) -> JobId:
    return JobId(f"{job_id}-{receipt}")
