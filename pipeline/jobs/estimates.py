"""How long until a video is there: arithmetic on the line, with no queue and no database.

A render takes about its speech times the pace of its engine here, lately; whoever waits waits for
the rest of what is being made and for what stands before, shared by the workers that are alive.
The answer is a range, from the quick quarter of past renders to the slow one. Where a number is
missing (a new deployment, an unknown length, no worker), nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline.line import Pace, Span, Ticket
from pipeline.types import EngineName, JobId

LEAST_LEFT = 0.1
"""A render that takes longer than expected is still not done: this share of it is left."""


def eta(
    ticket: Ticket,
    *,
    before: Sequence[Ticket],
    running: Sequence[Ticket],
    pace: Pace | None,
    workers: int,
    now: datetime,
) -> Span | None:
    """Estimate from now to the finished video.

    ``before`` stand in front of it in the same lane, ``running`` are made in that lane now (itself
    among them, when it is).
    """
    if pace is None or workers < 1:
        return None
    if ticket in running:
        return _span([_left(ticket, rate, now) for rate in (pace.low, pace.high)])
    ends = []
    for rate in (pace.low, pace.high):
        ahead = [_left(t, rate, now) for t in running] + [_whole(t, rate) for t in before]
        own = _whole(ticket, rate)
        known = [seconds for seconds in ahead if seconds is not None]
        if own is None or len(known) < len(ahead):
            return None
        ends.append(sum(known) / workers + own)
    return _span(ends)


def lanes_before(
    line: Sequence[JobId], tickets: Mapping[JobId, Ticket], id: JobId
) -> list[Ticket]:
    """List who stands before an order in its lane."""
    place = line.index(id) if id in line else len(line)
    return [tickets[other] for other in line[:place] if other in tickets]


def running_in(lane: EngineName, tickets: Sequence[Ticket], line: Sequence[JobId]) -> list[Ticket]:
    """List what is being made in a lane now."""
    waiting = set(line)
    return [
        t
        for t in tickets
        if t.lane is lane and t.started_at and not t.is_decided and t.id not in waiting
    ]


def _whole(ticket: Ticket, rate: float) -> float | None:
    return None if ticket.speech_s is None else ticket.speech_s * rate


def _left(ticket: Ticket, rate: float, now: datetime) -> float | None:
    whole = _whole(ticket, rate)
    if whole is None or ticket.started_at is None:
        return None
    return max(whole - (now - ticket.started_at).total_seconds(), LEAST_LEFT * whole)


def _span(ends: Sequence[float | None]) -> Span | None:
    low, high = ends
    if low is None or high is None:
        return None
    return Span(low_s=min(low, high), high_s=max(low, high))
