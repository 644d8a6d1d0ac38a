"""What happened, in order, and waiting for it without polling.

Every change that a person could see is an ``Event``; the transcript is written from them. Adding
one wakes whoever waits for a condition.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from tests.botapi.schema import Json

T = TypeVar("T")


class EventKind(StrEnum):
    """What kind of thing a person saw, or the test did."""

    SENT = "sent"
    EDITED = "edited"
    DELETED = "deleted"
    REACTED = "reacted"
    TAPPED = "tapped"
    ANSWERED = "answered"
    ACTION = "action"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One visible change: who did what to which message, seconds after the start."""

    at_s: float
    kind: EventKind
    who: str
    chat_id: int | None = None
    message: Json | None = None
    before: Json | None = None
    text: str = ""
    silent: bool = False


class Pulse:
    """Beats at every change; whoever waits looks again."""

    def __init__(self) -> None:
        self._beat = asyncio.Event()

    def beat(self) -> None:
        """Wake everybody who waits."""
        self._beat.set()
        self._beat = asyncio.Event()

    async def until(self, look: Callable[[], T | None], within_s: float) -> T:
        """Wait until ``look`` finds something, and give it back; ``TimeoutError`` after that."""
        async with asyncio.timeout(within_s):
            while True:
                beat = self._beat
                found = look()
                if found is not None:
                    return found
                await beat.wait()


class Journal:
    """All events so far; the number of an event is its place."""

    def __init__(self, pulse: Pulse) -> None:
        self.events: list[Event] = []
        self.started_at = time.time()
        self._pulse = pulse
        self._zero = time.monotonic()

    @property
    def now_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._zero

    def add(
        self,
        kind: EventKind,
        who: str,
        *,
        chat_id: int | None = None,
        message: Json | None = None,
        before: Json | None = None,
        text: str = "",
        silent: bool = False,
    ) -> int:
        """Write an event, wake the waiting, and give back its number."""
        self.events.append(
            Event(
                at_s=self.now_s,
                kind=kind,
                who=who,
                chat_id=chat_id,
                message=message,
                before=before,
                text=text,
                silent=silent,
            )
        )
        self._pulse.beat()
        return len(self.events)
