"""A day of orders from India: how many come in which hour, from whom, with how long a speech.

The shape of the day is an assumption, not a measurement: little in the small hours, a plateau from
ten to five, most between eight and eleven in the evening. So is the length of the speeches. Both
are arguments. What is done with the orders is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tests.measure.line_simulation import Demand, Floats, Ints

HOUR_S: Final = 3600
FIRST_HOUR: Final = 4
"""A day is simulated from its quietest hour on, so that it begins and ends with an empty line."""
SHARES: Final = (
    3.0, 1.7, 0.9, 0.5, 0.4, 0.6, 1.6, 3.0, 4.1, 4.7, 5.0, 5.2,
    5.3, 5.1, 4.8, 4.7, 4.9, 5.3, 6.0, 6.9, 7.7, 8.0, 6.4, 4.2,
)  # fmt: skip
"""Per cent of a day's orders in each hour from midnight, Indian time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How people use the bot; the defaults are assumptions."""

    per_person: float = 3.0
    """Orders a day of one person who orders at all."""
    median_s: float = 10.0
    """Half of the speeches are shorter."""
    spread: float = 0.6
    """Standard deviation of the logarithm of their length."""
    least_s: float = 1.0
    most_s: float = 60.0
    shares: Sequence[float] = SHARES


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How long a worker is busy with one order."""

    pace: float
    """Seconds per second of speech."""
    beside_s: float
    """Seconds beside that, whatever the length."""


def a_day(orders: int, habits: Habits, work: Work, *, seed: int) -> Demand:
    """Draw a day on which exactly so many orders come. Times count from its midnight, in seconds.

    They run from four in the morning to four in the next.
    """
    random = np.random.default_rng(seed)
    shares = np.roll(np.asarray(habits.shares, dtype=float), -FIRST_HOUR)
    per_hour = random.multinomial(orders, shares / shares.sum())
    began_s = HOUR_S * (FIRST_HOUR + np.repeat(np.arange(len(shares)), per_hour))
    came_s = np.sort(began_s + HOUR_S * random.random(orders))
    people = max(1, round(orders / habits.per_person))
    speech_s = speeches(orders, habits, random)
    return Demand(
        came_s=came_s,
        owner=random.integers(people, size=orders),
        speech_s=speech_s,
        work_s=work.beside_s + work.pace * speech_s,
    )


def speeches(count: int, habits: Habits, random: np.random.Generator) -> Floats:
    """Draw the lengths of so many speeches, in seconds; a lognormal within its bounds."""
    drawn = random.lognormal(np.log(habits.median_s), habits.spread, size=count)
    return np.clip(drawn, habits.least_s, habits.most_s)


def hours_of(demand: Demand) -> Ints:
    """Give the hour of the day in which each order comes."""
    return (demand.came_s // HOUR_S).astype(np.int64) % len(SHARES)


def peak_hour(habits: Habits) -> int:
    """Give the hour in which most come."""
    return int(np.argmax(habits.shares))
