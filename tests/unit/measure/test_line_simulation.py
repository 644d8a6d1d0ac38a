"""The simulated line against a closed formula, and against what must hold of any line."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.measure.indian_day import (
    HOUR_S,
    SHARES,
    Habits,
    Work,
    a_day,
    hours_of,
    peak_hour,
)
from tests.measure.line_simulation import Course, Demand, first_come, simulate

MEAN_WORK_S = 10.0


@pytest.mark.parametrize(("workers", "busy"), [(1, 0.7), (3, 0.8), (8, 0.75)])
def test_waits_agree_with_erlangs_formula(workers: int, busy: float) -> None:
    course = simulate(
        memoryless(200_000, workers=workers, busy=busy, seed=1),
        workers=workers,
        later_s=first_come,
    )

    waits = share_that_waits(workers, busy)
    mean_wait_s = waits * MEAN_WORK_S / (workers * (1 - busy))
    assert np.mean(course.wait_s > 0) == pytest.approx(waits, rel=0.03)
    assert np.mean(course.wait_s) == pytest.approx(mean_wait_s, rel=0.08)
    # Whoever waits at all waits for a memoryless time: the tail is known too.
    p95_s = math.log(waits / 0.05) * MEAN_WORK_S / (workers * (1 - busy))
    assert np.percentile(course.wait_s, 95) == pytest.approx(p95_s, rel=0.08)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_nobody_idles_while_somebody_waits(seed: int) -> None:
    workers = 3
    course = simulate(memoryless(400, workers=workers, busy=0.95, seed=seed), workers=workers)

    assert not np.isnan(course.began_s).any()
    assert (course.wait_s >= 0).all()
    for moment_s in np.concatenate([course.demand.came_s, course.ended_s]) + 1e-6:
        assert made_at(course, moment_s) <= workers
        assert made_at(course, moment_s) == workers or not waiting_at(course, moment_s)


def test_the_longest_line_is_what_stood_in_it() -> None:
    demand = at_once(work_s=[1.0] * 5)

    course = simulate(demand, workers=2)

    assert course.longest_line == 3
    assert course.most_open == 5


def test_a_heavy_user_waits_and_light_ones_do_not() -> None:
    """Twenty at once from one person, then one each from five: the rule of the product."""
    came_s = np.concatenate([np.zeros(20), np.arange(1.0, 6.0)])
    demand = replace(
        at_once(work_s=[10.0] * 25),
        came_s=came_s,
        owner=np.concatenate([np.zeros(20, int), np.arange(1, 6)]),
    )

    ours = simulate(demand, workers=1).wait_s
    unfair = simulate(demand, workers=1, later_s=first_come).wait_s

    assert ours[20:].max() <= 60.0 < 190.0 <= unfair[20:].min()
    # Nobody loses by it but the heavy one: the same work is done in the same time.
    assert ours.sum() == pytest.approx(unfair.sum())


def test_short_speeches_go_first_within_bounds() -> None:
    demand = replace(at_once(work_s=[5.0, 60.0, 5.0]), speech_s=np.array([5.0, 60.0, 5.0]))

    course = simulate(demand, workers=1)

    assert course.wait_s.tolist() == [0.0, 10.0, 5.0]


def test_a_day_has_the_orders_and_the_shape_that_were_asked_for() -> None:
    habits = Habits()
    day = a_day(50_000, habits, Work(pace=0.5, beside_s=2.0), seed=1)

    assert len(day.came_s) == 50_000
    assert (np.diff(day.came_s) >= 0).all()
    seen = np.bincount(hours_of(day), minlength=24) / 500
    assert seen == pytest.approx(np.asarray(SHARES), abs=0.5)
    assert peak_hour(habits) == int(np.argmax(seen))
    assert day.came_s.max() - day.came_s.min() <= 24 * HOUR_S
    assert day.work_s == pytest.approx(2.0 + 0.5 * day.speech_s)
    assert np.median(day.speech_s) == pytest.approx(habits.median_s, rel=0.03)
    assert 50_000 / len(np.unique(day.owner)) == pytest.approx(habits.per_person, rel=0.1)


def test_the_same_seed_draws_the_same_day() -> None:
    work = Work(pace=0.5, beside_s=2.0)

    days = [a_day(100, Habits(), work, seed=seed) for seed in (1, 1, 2)]

    assert (days[0].work_s == days[1].work_s).all()
    assert (days[0].work_s != days[2].work_s).any()


def test_no_workers_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="name one at least"):
        simulate(at_once(work_s=[1.0]), workers=0)


def memoryless(orders: int, *, workers: int, busy: float, seed: int) -> Demand:
    """Draw orders that come and are made at memoryless times: an M/M/c queue."""
    random = np.random.default_rng(seed)
    came_s = np.cumsum(random.exponential(MEAN_WORK_S / (workers * busy), orders))
    return Demand(
        came_s=came_s,
        owner=random.integers(orders, size=orders),
        speech_s=np.full(orders, 10.0),
        work_s=random.exponential(MEAN_WORK_S, orders),
    )


def at_once(*, work_s: list[float]) -> Demand:
    """Let so many come in the same moment, each from somebody else."""
    count = len(work_s)
    return Demand(
        came_s=np.zeros(count),
        owner=np.arange(count),
        speech_s=np.full(count, 10.0),
        work_s=np.asarray(work_s),
    )


def share_that_waits(workers: int, busy: float) -> float:
    """Give Erlang's C: how likely it is that somebody has to wait at all."""
    offered = workers * busy
    last = offered**workers / math.factorial(workers) / (1 - busy)
    return last / (sum(offered**k / math.factorial(k) for k in range(workers)) + last)


def made_at(course: Course, moment_s: float) -> int:
    return int(np.sum((course.began_s <= moment_s) & (moment_s < course.ended_s)))


def waiting_at(course: Course, moment_s: float) -> int:
    return int(np.sum((course.demand.came_s <= moment_s) & (moment_s < course.began_s)))
