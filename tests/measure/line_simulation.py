"""A line of orders before so many workers, simulated from one event to the next.

Each order takes its turn by the rule that the product uses; whoever is free takes the lowest turn
and is not interrupted. Not known here: what an order is, where the numbers come from, databases
and chats.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from pipeline.jobs.accepting import later_s as rule_of_the_line

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rule = Callable[[int, float | None], float]
"""Given how many orders an owner has open and the seconds of speech: how much later it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Orders in the sequence in which they come; all arrays are (n,)."""

    came_s: Floats
    """When, ascending."""
    owner: Ints
    speech_s: Floats
    work_s: Floats
    """How long a worker is busy with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What became of a demand; the arrays are (n,)."""

    demand: Demand
    began_s: Floats
    longest_line: int
    most_open: int
    """Orders that waited or were being made at the same time, at most."""

    @property
    def wait_s(self) -> Floats:
        """From coming to the beginning of the work."""
        return self.began_s - self.demand.came_s

    @property
    def ended_s(self) -> Floats:
        """When its worker was free again."""
        return self.began_s + self.demand.work_s


def first_come(own_open: int, speech_s: float | None) -> float:
    """Be the rule without fairness: whoever comes first goes first."""
    return 0.0


def simulate(demand: Demand, *, workers: int, later_s: Rule = rule_of_the_line) -> Course:
    """Let every order of a demand be made; n log n, about three seconds for a million."""
    floor = _Floor(demand, workers)
    orders = zip(
        demand.came_s.tolist(), demand.owner.tolist(), demand.speech_s.tolist(), strict=True
    )
    for number, (now_s, owner, speech_s) in enumerate(orders):
        floor.go_on_until(now_s)
        # Whole seconds, like the column of the rows; within one the earlier goes first.
        turn = int(now_s + later_s(floor.open_of[owner], speech_s))
        floor.come(number, owner, turn, now_s)
    floor.go_on_until(math.inf)
    return Course(
        demand=demand,
        began_s=np.asarray(floor.began_s),
        longest_line=floor.longest_line,
        most_open=floor.most_open,
    )


class _Floor:
    """Who waits and who is being made at one moment."""

    def __init__(self, demand: Demand, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"{workers} workers make nothing; name one at least.")
        self._workers = workers
        self._work_s, self._owner = demand.work_s.tolist(), demand.owner.tolist()
        self._line: list[tuple[int, int]] = []  # turn, number
        self._made: list[tuple[float, int]] = []  # end, number
        self.began_s = [math.nan] * len(self._owner)
        self.open_of: defaultdict[int, int] = defaultdict(int)
        self.longest_line = self.most_open = 0

    def come(self, number: int, owner: int, turn: int, now_s: float) -> None:
        """Take an order into the line."""
        self.open_of[owner] += 1
        heappush(self._line, (turn, number))
        if len(self._made) < self._workers:
            self._begin_next(now_s)
        self.longest_line = max(self.longest_line, len(self._line))
        self.most_open = max(self.most_open, len(self._line) + len(self._made))

    def go_on_until(self, now_s: float) -> None:
        """End what ends by then, and begin what stands in line."""
        while self._made and self._made[0][0] <= now_s:
            end_s, number = heappop(self._made)
            self.open_of[self._owner[number]] -= 1
            if self._line:
                self._begin_next(end_s)

    def _begin_next(self, now_s: float) -> None:
        _, number = heappop(self._line)
        self.began_s[number] = now_s
        heappush(self._made, (now_s + self._work_s[number], number))
