"""Values that say where an order stands: its lane, its place, how long it may take, what happened.

Shared by the rows, the jobs and the doors. Nothing here knows a database, a queue or a chat.

Where the next one goes: another fact about waiting or about the past of an order is a value here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.types import EngineName, JobId, Progress, RenderResult


class LineMode(StrEnum):
    """What an operator lets happen, on every machine at once."""

    OPEN = "open"
    PAUSED = "paused"
    """Orders are accepted and keep their places; no render starts. What runs is finished."""
    DRAINING = "draining"
    """No new order is accepted; what stands in line is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """The mode of the line, and who set it when."""

    mode: LineMode = LineMode.OPEN
    by: str = ""
    at: datetime | None = None
    note: str = ""
    """What people are told while no new orders are taken, in an operator's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLimits:
    """How many open orders there may be; None: any number."""

    owner: int
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What the line knows of one open order."""

    id: JobId
    turn: int
    """Lower goes first."""
    tries: int
    """How often somebody had it made anew."""
    lane: EngineName | None
    """Which engine's line it stands in; None before that is decided."""
    speech_s: float | None
    """About how long the speech will be."""
    is_decided: bool
    """Nothing is made of it any more: it is being sent, or final."""
    progress: Progress | None = None
    started_at: datetime | None = None
    """When its render began, if it did."""
    preview: RenderResult | None = None
    """The quick preview, once it is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How quick an engine was here, lately: seconds of work per second of speech."""

    median: float
    low: float
    high: float
    """A quarter of the renders was quicker than low, a quarter slower than high."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLook:
    """All that one look at the line shows."""

    lines: Mapping[EngineName, Sequence[JobId]] = field(default_factory=dict)
    """Whose renders wait for each engine, next first."""
    tickets: Mapping[JobId, Ticket] = field(default_factory=dict)
    """Every open order, whoever goes first first."""
    paces: Mapping[EngineName, Pace] = field(default_factory=dict)
    mode: LineMode = LineMode.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time that is not known better than this."""

    low_s: float
    high_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an order is, and when its video may be there."""

    progress: Progress
    position: int | None = None
    """Place in the line: 1 is next; None when it is being made, sent, or final."""
    eta: Span | None = None
    """From now to the finished video; None when nobody can tell."""
    is_paused: bool = False
    """An operator holds the line: the position is true, no time can be told."""
    is_stranded: bool = False
    """Nobody renders with its engine any more, and the quick one could make it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerCard:
    """A process that renders, or did."""

    executor: str
    lanes: tuple[EngineName, ...]
    since: datetime
    """When it started."""
    seen_at: datetime
    is_alive: bool
    job: JobId | None = None
    """What it renders now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an order; never words, names or pictures."""

    at: datetime
    what: str
    by: str
    """A worker, a person, or nobody: then it is empty."""
