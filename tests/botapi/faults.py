"""What can go wrong with one call, queued per method, as values."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """429: nothing was done; ask again after so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class ServerError:
    """A 5xx; nothing was done, though the client cannot know."""

    code: int = 502


@dataclass(frozen=True, slots=True)
class Refusal:
    """Any other answer with ``ok: false``, word for word."""

    code: int
    description: str


@dataclass(frozen=True, slots=True)
class Hang:
    """Say nothing for so long, then serve; a client that left meanwhile is not served at all."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection before anything was done."""


@dataclass(frozen=True, slots=True)
class DoneThenHang:
    """Do it, so that the user sees it, and never answer."""


@dataclass(frozen=True, slots=True)
class DoneThenDrop:
    """Do it, so that the user sees it, and close the connection instead of answering."""


Fault = RetryAfter | ServerError | Refusal | Hang | Drop | DoneThenHang | DoneThenDrop


class FaultQueue:
    """The faults that wait for their calls: each serves once, first in, first out."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def put(self, method: str, *faults: Fault) -> None:
        """Let the next calls of ``method`` meet these faults, one each."""
        self._waiting[method].extend(faults)

    def clear(self) -> None:
        """Forget those that no call has met."""
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """Take the fault for a call that just came."""
        waiting = self._waiting[method]
        return waiting.popleft() if waiting else None

    def left(self) -> dict[str, int]:
        """Count the faults that no call has met yet, by method."""
        return {method: len(waiting) for method, waiting in self._waiting.items() if waiting}
