"""What one look at the line costs the bot, by how many wait: places and times of all of them.

    python -m tests.bench.line_looks

Processor time of the arithmetic alone, in memory; the two queries before it are shared by all.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from pipeline.jobs.estimates import eta, lanes_before, running_in
from pipeline.line import Pace, Ticket
from pipeline.types import EngineName, JobId

LANE = EngineName.WARP
PACE = Pace(median=1.0, low=0.9, high=1.1, count=9)
SHOWN = 50


def main() -> None:
    """Measure and print."""
    for count in (100, 200, 1_000, 3_000):
        line = [JobId(f"tg-{number:012d}") for number in range(count)]
        tickets = {id: _ticket(id, turn) for turn, id in enumerate(line)}
        some = line[:: count // SHOWN]
        began_s = time.process_time()
        for id in some:
            _tell(line, tickets, id)
        each_ms = 1000 * (time.process_time() - began_s) / len(some)
        print(
            f"{count:5,} wait: {each_ms:.2f} ms for each, {each_ms * count / 1000:.2f} s for all"
        )


def _tell(line: list[JobId], tickets: dict[JobId, Ticket], id: JobId) -> None:
    line.index(id)  # its place
    eta(
        tickets[id],
        before=lanes_before(line, tickets, id),
        running=running_in(LANE, list(tickets.values()), line),
        pace=PACE,
        workers=2,
        now=datetime.now(UTC),
    )


def _ticket(id: JobId, turn: int) -> Ticket:
    return Ticket(id=id, turn=turn, tries=0, lane=LANE, speech_s=10.0, is_decided=False)


if __name__ == "__main__":
    main()
