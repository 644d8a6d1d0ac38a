"""How long somebody waits: the pace of the engine, what is before, who works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipeline.jobs.accepting import HANDICAP_S, later_s
from pipeline.jobs.estimates import eta
from pipeline.line import Pace, Span, Ticket
from pipeline.types import EngineName, JobId
from tests.measure.line_simulation import Demand, simulate

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PACE = Pace(median=2.0, low=1.5, high=3.0, count=9)


def ticket(number: int, speech_s: float | None = 10.0, running_s: float | None = None) -> Ticket:
    return Ticket(
        id=JobId(f"tg-{number}"),
        turn=number,
        tries=0,
        lane=EngineName.LATENTSYNC,
        speech_s=speech_s,
        is_decided=False,
        started_at=None if running_s is None else NOW - timedelta(seconds=running_s),
    )


def estimate(
    mine: Ticket,
    *,
    before: tuple[Ticket, ...] = (),
    running: tuple[Ticket, ...] = (),
    pace: Pace | None = PACE,
    workers: int = 1,
) -> Span | None:
    return eta(mine, before=before, running=running, pace=pace, workers=workers, now=NOW)


def test_the_first_in_an_empty_line_waits_for_its_own_video() -> None:
    assert estimate(ticket(1)) == Span(low_s=15, high_s=30)


def test_what_stands_before_counts() -> None:
    assert estimate(ticket(3), before=(ticket(1), ticket(2, 20.0))) == Span(low_s=60, high_s=120)


def test_what_is_being_made_counts_with_what_is_left_of_it() -> None:
    assert estimate(ticket(2), running=(ticket(1, running_s=10),)) == Span(low_s=20, high_s=50)


def test_two_workers_halve_the_waiting_and_not_the_making() -> None:
    before = (ticket(1), ticket(2))
    assert estimate(ticket(3), before=before, workers=2) == Span(low_s=30, high_s=60)


def test_a_running_one_has_the_rest_of_itself_left_and_never_nothing() -> None:
    running = ticket(1, running_s=10)
    assert estimate(running, running=(running,)) == Span(low_s=5, high_s=20)
    late = ticket(1, running_s=500)
    assert estimate(late, running=(late,)) == Span(low_s=1.5, high_s=3)


@pytest.mark.parametrize("what", ["no pace", "no worker", "own length", "length before"])
def test_where_a_number_is_missing_nothing_is_said(what: str) -> None:
    said = {
        "no pace": lambda: estimate(ticket(1), pace=None),
        "no worker": lambda: estimate(ticket(1), workers=0),
        "own length": lambda: estimate(ticket(1, None)),
        "length before": lambda: estimate(ticket(2), before=(ticket(1, None),)),
    }
    assert said[what]() is None


LENGTHS_S = (30.0, 2.0, 14.0, 25.0, 6.0, 2.0, 29.0, 11.0, 3.0, 20.0, 8.0, 16.0, 5.0, 27.0)


@pytest.mark.parametrize(("workers", "off_by_s"), [(1, 0.0), (3, 30.0)])
def test_under_load_the_time_told_is_the_time_it_takes(workers: int, off_by_s: float) -> None:
    """A line of everybody's first orders, and a pace of one: told at the start, then simulated.

    With several workers the rest of what is made ends at several moments, not at their mean: the
    time told is off by less than the longest video takes.
    """
    ordered = sorted(LENGTHS_S, key=lambda speech_s: later_s(0, speech_s))
    tickets = [ticket(number, speech_s) for number, speech_s in enumerate(ordered)]
    exact = Pace(median=1.0, low=1.0, high=1.0, count=9)
    speech_s = np.array(ordered)
    course = simulate(
        Demand(
            came_s=np.zeros(len(ordered)),
            owner=np.arange(len(ordered)),
            speech_s=speech_s,
            work_s=speech_s,
        ),
        workers=workers,
    )

    for number, mine in enumerate(tickets):
        told = estimate(mine, before=tuple(tickets[:number]), pace=exact, workers=workers)
        assert told is not None
        assert abs(told.low_s - course.ended_s[number]) <= off_by_s


def test_short_ones_go_first_within_bounds_and_an_own_second_one_later() -> None:
    assert later_s(0, 2.0) < later_s(0, 30.0) < later_s(1, 2.0)
    assert later_s(0, None) == 0
    assert later_s(0, 60.0) <= HANDICAP_S, "the longest waits no longer than for two minutes' lead"
    assert later_s(2, 2.0) - later_s(1, 2.0) == HANDICAP_S
