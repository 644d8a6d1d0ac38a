"""The updates that wait for the bot: long polling, confirmation by offset, kinds allowed."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence

from tests.botapi import schema
from tests.botapi.journal import Pulse
from tests.botapi.limits import LONGEST_POLL_S, UPDATES_PER_CALL
from tests.botapi.schema import Json
from tests.botapi.wire import ApiError

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
FIRST_ID = 700_000_001


class UpdateQueue:
    """What getUpdates reads: an update leaves it when a later offset confirms it."""

    def __init__(self, pulse: Pulse) -> None:
        self.pending: list[Json] = []
        self.webhook_url = ""
        self.webhook_secret = ""
        self.allowed: Sequence[str] = ()
        self.polls = 0
        """How often getUpdates was called."""
        self.are_handled: list[Callable[[], Awaitable[bool]]] = []
        """Asked whether a bot has done with all that it confirmed; Telegram itself never knows."""
        self._once_more: list[Json] = []
        self._last: Json | None = None
        self._ids = itertools.count(FIRST_ID)
        self._pulse = pulse

    def put(self, kind: str, content: Json) -> Json | None:
        """Queue an update, if its kind is wanted; raises ``SchemaViolation`` for a wrong shape."""
        update = {"update_id": next(self._ids), kind: content}
        schema.check_update(update)
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return None
        self.pending.append(update)
        self._last = update
        self._pulse.beat()
        return update

    def repeat_last(self) -> int:
        """Hand out the newest update once more, even if it is confirmed; give back its id."""
        if self._last is None:
            raise ValueError("No update was sent yet, so none can be repeated.")
        self._once_more.append(self._last)
        self._pulse.beat()
        return int(self._last["update_id"])

    def set_webhook(self, url: str, secret: str, *, allowed: Sequence[str] | None) -> None:
        """Note where updates shall be sent; an empty address takes it back."""
        self.webhook_url, self.webhook_secret = url, secret
        if allowed is not None:
            self.allowed = allowed
        self._pulse.beat()

    def next_to_send(self) -> Json | None:
        """Give the oldest update that waits for the webhook; ``sent`` takes it away."""
        waiting = self._once_more + self.pending
        return waiting[0] if self.webhook_url and waiting else None

    def sent(self, update: Json) -> None:
        """Forget an update that the webhook took."""
        kept = self._once_more if update in self._once_more else self.pending
        kept.remove(update)
        self._pulse.beat()

    def drop_pending(self) -> None:
        """Forget everything that waits."""
        self.pending.clear()

    async def poll(
        self,
        *,
        offset: int,
        limit: int,
        timeout_s: float,
        allowed: Sequence[str] | None,
        is_gone: Callable[[], bool],
    ) -> list[Json]:
        """Wait for updates and hand them out; they stay until a later offset confirms them.

        Raises ``ApiError`` (409) under a webhook, and when a younger poll takes over.
        """
        if self.webhook_url:
            raise _conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self.polls += 1
        mine = self.polls
        self._pulse.beat()
        if allowed is not None:
            self.allowed = allowed
        self._confirm(offset)

        def batch() -> list[Json] | None:
            if mine != self.polls:
                raise _conflict(
                    "terminated by other getUpdates request; "
                    "make sure that only one bot instance is running"
                )
            if is_gone():
                return []
            return self._take(max(1, min(limit or UPDATES_PER_CALL, UPDATES_PER_CALL))) or None

        try:
            return await self._pulse.until(batch, max(0.001, min(timeout_s, LONGEST_POLL_S)))
        except TimeoutError:
            return []

    def _take(self, limit: int) -> list[Json]:
        batch = (self._once_more + self.pending)[:limit]
        self._once_more = self._once_more[limit:]
        return batch

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            self.pending = [u for u in self.pending if u["update_id"] >= offset]
        elif offset < 0:
            self.pending = self.pending[offset:]
        self._pulse.beat()


def _conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")
