"""How long to wait before something is asked again, and how often."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from telegram.error import RetryAfter, TelegramError

LONGEST_PAUSE_S = 60.0
DEATHS = 2
"""A reader that dies more often over one message is not killed by chance: the message kills it."""


class Patience:
    """The pause before the next try: doubles up to a minute, and starts anew after a success."""

    def __init__(self, first_s: float) -> None:
        self._first_s = first_s
        self.next_s = first_s

    async def wait(self, stop: asyncio.Event, at_least_s: float = 0.0) -> None:
        """Pause, but not beyond the stop."""
        pause_s = max(self.next_s, at_least_s)
        self.next_s = min(self.next_s * 2, LONGEST_PAUSE_S)
        await set_within(stop, pause_s)

    def reset(self) -> None:
        """Forget the failures."""
        self.next_s = self._first_s


def asked_pause_s(error: TelegramError) -> float:
    """Give the pause that Telegram asks for with status 429, else 0."""
    if not isinstance(error, RetryAfter):
        return 0.0
    pause = error.retry_after  # a timedelta since `switch_libraries`
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


async def set_within(event: asyncio.Event, limit_s: float) -> bool:
    """Wait for the event, but no longer than ``limit_s``; tell whether it came."""
    try:
        async with asyncio.timeout(max(0.0, limit_s)):
            return await event.wait()
    except TimeoutError:
        return False
