"""A circuit breaker: after many failures nobody is kept waiting for a service that is down.

Closed, everybody passes. Five failures within three minutes open it for five minutes; then one
caller may try (half open), and what comes of that closes or opens it again. Knows no service.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum

FAILURES, WITHIN_S, OPEN_S = 5, 180.0, 300.0


class Gate(StrEnum):
    """What a caller may do."""

    PASS = "pass"  # noqa: S105  no password
    PROBE = "probe"
    """Try first with something small, and say what came of it."""
    STOP = "stop"


class Circuit:
    """Counts failures by a clock that is passed in (seconds, monotonic)."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._opened_s: float | None = None
        self._probing = False

    def gate(self) -> Gate:
        """Say whether to try. Who is told PROBE must report, or nobody else will be let in."""
        if self._opened_s is None:
            return Gate.PASS
        if self._probing or self._now() - self._opened_s < OPEN_S:
            return Gate.STOP
        self._probing = True
        return Gate.PROBE

    def worked(self) -> None:
        """Report an answer: closed."""
        self._failures.clear()
        self._opened_s, self._probing = None, False

    def failed(self) -> None:
        """Report a failure; the fifth in a row within three minutes opens, so does a probe's."""
        now_s = self._now()
        self._failures.append(now_s)
        full = len(self._failures) == FAILURES and now_s - self._failures[0] <= WITHIN_S
        if full or self._probing:
            self.trip()

    def trip(self) -> None:
        """Open at once: trying again soon is known to be useless."""
        self._opened_s, self._probing = self._now(), False

    def given_up(self) -> None:
        """Report a probe that was cancelled: the next caller may probe."""
        self._probing = False
