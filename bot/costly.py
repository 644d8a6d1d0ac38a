"""How often one person may ask for what takes a machine long and is no video: counted by the hour.

Looking for marks in a stranger's video, packing a copy of everything, writing a recording down:
each goes to the end whoever asks, and no daily limit counts it. Kept in memory, since whoever
restarts the bot forgives everybody. Videos have limits of their own (``access.py``).
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from pipeline import errors

HOUR_S = 3600.0
MOST_PEOPLE = 10_000
"""So many are remembered; beyond, those whose hour is over are forgotten."""


class Costly:
    """Counts what everybody asked for within the last hour."""

    def __init__(self, per_hour: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self._per_hour, self._now = per_hour, now
        self._asked: dict[int, deque[float]] = {}

    def take(self, person_id: int) -> None:
        """Count one more; raises ``AskedTooOften``. A limit of 0 is none."""
        if not self._per_hour:
            return
        now_s = self._now()
        asked = self._asked.setdefault(person_id, deque())
        while asked and asked[0] <= now_s - HOUR_S:
            asked.popleft()
        if len(asked) >= self._per_hour:
            raise errors.AskedTooOften(math.ceil((asked[0] + HOUR_S - now_s) / 60))
        asked.append(now_s)
        if len(self._asked) > MOST_PEOPLE:
            self._forget(now_s - HOUR_S)

    def _forget(self, before_s: float) -> None:
        self._asked = {who: asked for who, asked in self._asked.items() if asked[-1] > before_s}
