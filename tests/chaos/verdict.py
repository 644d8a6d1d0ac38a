"""What people got, counted after everything has settled.

Must hold: every request became one order; every order ended; it brought exactly one video, or
exactly one honest failure, or, where Telegram did not say whether the video arrived, at most one
video and the offer to send it again; nothing was sent twice; no status message is stuck; nobody
is left behind, no process and no scratch file.

Counted, since it may happen: an announcement said twice, the earlier one staying behind (the
window between a send and its record is the one thing that nothing closes). A render that ended in
the milliseconds before its checkpoint is made again, and shows among those begun.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.texts import short_id
from pipeline.line import Event
from pipeline.store.outbox import OutboxRow, OutboxState
from pipeline.types import Job, JobState
from tests.botapi.shown import Shown
from tests.chaos.crowd import Request

ONGOING = ("⏳", "🎙", "👀", "🎬", "📤")
AGAIN = "Send again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One order: what the rows say, and what its chat shows."""

    request: Request
    job: Job
    outbox: OutboxRow | None
    receipt: str | None
    history: list[Event]

    @property
    def about(self) -> list[Shown]:
        """What the bot shows about this order."""
        name = short_id(self.job.id)
        return [s for s in self.request.person.messages() if s.from_bot and name in s.text]

    @property
    def videos(self) -> list[Shown]:
        return [s for s in self.about if s.video]

    @property
    def texts(self) -> list[Shown]:
        return [s for s in self.about if not s.video]

    def orphans(self) -> list[Shown]:
        """List announcements that a crash made the bot forget."""
        return [
            s
            for s in self.texts
            if s.text.startswith(ONGOING) and str(s.message_id) != self.receipt
        ]

    @property
    def made_again(self) -> int:
        """How often its render began after it was recorded as done."""
        what = [event.what for event in self.history]
        recorded = what.index("rendered: ok") if "rendered: ok" in what else len(what)
        return what[recorded:].count("render begun")

    def times(self, what: str) -> int:
        return sum(event.what.startswith(what) for event in self.history)

    def faults(self) -> list[str]:
        """Say what is wrong with how it ended; empty when all is well."""
        if not self.job.state.is_final:
            return [f"still {self.job.state}"]
        wrong = ["a recorded render was made again"] if self.made_again else []
        orphans = self.orphans()
        told = [s for s in self.texts if s not in orphans]
        stuck = [s for s in told if s.text.startswith(ONGOING)]
        if stuck:
            wrong.append(f"a stuck status: {stuck[0].text!r}")
        state = self.outbox.state if self.outbox else None
        if len(self.videos) > 1:
            wrong.append(f"{len(self.videos)} videos")
        if self.job.state is JobState.SUCCEEDED:
            wrong += self._faults_of_a_success(state, told)
        else:
            if self.videos:
                wrong.append(f"{self.job.state}, with a video")
            if len(told) != 1:
                wrong.append(f"{self.job.state}, told {len(told)} times")
        return wrong

    def _faults_of_a_success(self, state: OutboxState | None, told: list[Shown]) -> list[str]:
        if state is OutboxState.SENT:
            wrong = [] if len(self.videos) == 1 else ["recorded as sent, and not there"]
            return wrong + (["a text is left beside the video"] if told else [])
        if state is OutboxState.UNKNOWN:
            offered = any(AGAIN in s.labels for s in told)
            return [] if offered else ["nobody offered to send it again"]
        return [f"done, and the outbox says {state}"]


@dataclass(slots=True, kw_only=True)
class Report:
    """The table of one run."""

    database: str
    took_s: float = 0.0
    settled_in_s: float = 0.0
    harms: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    fates: list[Fate] = field(default_factory=list)
    lost: int = 0
    """Requests that became no order."""
    invented: int = 0
    """Orders that nobody asked for."""
    wrong: list[str] = field(default_factory=list)

    def count(self) -> Counter[str]:
        """Count how the orders ended."""
        counts: Counter[str] = Counter()
        for fate in self.fates:
            state = fate.outbox.state if fate.outbox else None
            counts["one video"] += len(fate.videos) == 1 and state is OutboxState.SENT
            counts["Send again offered"] += state is OutboxState.UNKNOWN
            counts["honest failure"] += fate.job.state is JobState.FAILED
            counts["announced twice"] += len(fate.orphans())
            counts["delivered twice"] += len(fate.videos) > 1
            counts["renders begun"] += fate.times("render begun")
            counts["recorded renders made again"] += fate.made_again
        return counts

    def table(self) -> str:
        """Write it for people."""
        rows = [
            ("database", self.database),
            ("kills", str(self.kills)),
            *((f"  {kind}", str(count)) for kind, count in sorted(self.harms.items())),
            ("took, of that settling", f"{self.took_s:.0f} s, {self.settled_in_s:.0f} s"),
            ("requests sent", str(len(self.fates) + self.lost)),
            ("lost / invented", f"{self.lost} / {self.invented}"),
            *((what, str(count)) for what, count in self.count().items()),
            ("wrong", str(len(self.wrong))),
        ]
        width = max(len(name) for name, _ in rows)
        lines = [f"| {name:<{width}} | {value:>24} |" for name, value in rows]
        return "\n".join([*lines, *(f"WRONG: {what}" for what in self.wrong[:30])])
