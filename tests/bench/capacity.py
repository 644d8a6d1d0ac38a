"""How many GPUs, bots and databases a number of orders a day takes, and how long people then wait.

    python -m tests.bench.capacity [--orders 1000 10000 100000 1000000] [--pace 1.70] [--seed 1]

Waiting times are simulated (``tests/measure/line_simulation.py``: the product's own rule of turns
before so many GPUs, a day that begins at four in the morning); database, chats and store are
arithmetic on what was measured (``tests/measure/deployment.py``). The shape of the day, the length
of the speeches and what an online voice takes are assumptions, and arguments. A minute or two.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.jobs.accepting import later_s as rule_of_the_line
from tests.measure.deployment import CHAT, DATABASE, STORE
from tests.measure.indian_day import HOUR_S, Habits, Work, a_day, hours_of, peak_hour
from tests.measure.line_simulation import (
    Course,
    Demand,
    Floats,
    Rule,
    first_come,
    simulate,
)

PACES = {"256 px": 0.52, "512 px": 1.70}
"""Seconds per second of speech on one H100: a photo in motion, step caching (pipeline/README)."""
PAUSE_S, SPEAK_S, STORE_S = 0.25, 2.0, 0.5
"""Half of ``jobs.poll_s``; what an online voice takes, and fetching, signing, storing: assumed."""
GPUS = (1, 10, 100, 1000)
DAY_S = 24 * HOUR_S
PARTS = (50, 95, 99)
BURST = 20
MANY_UPLOADS = 8
MIB, GIB = 2**20, 2**30


def main(arguments: argparse.Namespace) -> None:
    """Simulate and print."""
    habits = Habits(per_person=arguments.per_person, median_s=arguments.speech_s)
    works = {
        name: Work(pace=pace, beside_s=arguments.beside_s)
        for name, pace in ({"given": arguments.pace} if arguments.pace else PACES).items()
    }
    days: Sequence[int] = arguments.orders
    print(f"{habits}\n{works}\nat most {arguments.within_s:.0f} s at the peak, for 95 of 100\n")
    needed = {}
    for name, work in works.items():
        for orders in days:
            day = a_day(orders, habits, work, seed=arguments.seed)
            needed[name, orders] = gpus_needed(day, habits, arguments.within_s)
            print_plan(name, needed[name, orders], day, habits)
    name, work = list(works.items())[-1]
    print(f"\nwait of those who come in the peak hour, {name}: median, p95")
    for orders in days:
        print_waits(a_day(orders, habits, work, seed=arguments.seed), habits)
    shown = days[len(days) // 2]
    day = a_day(shown, habits, work, seed=arguments.seed)
    print_hours(simulate(day, workers=needed[name, shown]))
    print_fairness(next(iter(works.values())), habits, seed=arguments.seed)


def gpus_needed(day: Demand, habits: Habits, within_s: float) -> int:
    """Find the fewest GPUs with which 95 of 100 wait no longer than that at the peak.

    To about one in a hundred.
    """
    peak = offered(day, habits)
    low, high = max(0, int(0.8 * peak) - 1), int(1.2 * peak) + 3
    while high - low > max(1, peak // 100):
        middle = (low + high) // 2
        waits_s = at_peak(simulate(day, workers=middle), habits)
        low, high = (low, middle) if np.percentile(waits_s, 95) <= within_s else (middle, high)
    return high


def offered(day: Demand, habits: Habits) -> float:
    """Tell how many GPUs the work of the peak hour keeps busy."""
    return float(day.work_s[hours_of(day) == peak_hour(habits)].sum()) / HOUR_S


def at_peak(course: Course, habits: Habits) -> Floats:
    """Give the waits of those who come in the peak hour."""
    waits_s: Floats = course.wait_s[hours_of(course.demand) == peak_hour(habits)]
    return waits_s


def print_plan(name: str, gpus: int, day: Demand, habits: Habits) -> None:
    """Print what so many GPUs give, and what stands beside them."""
    course = simulate(day, workers=gpus)
    orders, speech_s = len(day.came_s), float(day.speech_s.mean())
    peak_per_s = len(at_peak(course, habits)) / HOUR_S
    busy = min(float(gpus), offered(day, habits))
    load = DATABASE.load(workers=gpus, rendering=busy, orders_per_s=peak_per_s)
    waits = " ".join(f"{_time(s):>7}" for s in np.percentile(at_peak(course, habits), PARTS))
    print(
        f"{name} {orders:>9,} a day: {gpus:>5,} GPUs, wait p50 p95 p99 {waits}, "
        f"used {day.work_s.sum() / gpus / DAY_S:.0%}, open at most {course.most_open:,}; "
        f"peak {peak_per_s:.2f}/s: {CHAT.bots(peak_per_s)} bots "
        f"({replace(CHAT, uploads_at_once=MANY_UPLOADS).bots(peak_per_s)} with "
        f"{MANY_UPLOADS} uploads at once), "
        f"{load.transactions:,.0f} transactions/s, {load.server_ms / 1000:.2f} cores, "
        f"{DATABASE.connections(gpus):,} connections, "
        f"rows {DATABASE.rows_bytes(orders) / GIB:,.2f} GiB, "
        f"store {STORE.kept_bytes(orders, speech_s) / GIB:,.1f} GiB",
        flush=True,
    )


def print_waits(day: Demand, habits: Habits) -> None:
    """Print one row of the table of waits."""
    cells = []
    for gpus in GPUS:
        used = day.work_s.sum() / gpus / DAY_S
        if used > 1:
            cells.append(f"never ({used:,.0f} times too much)" if used >= 2 else "never")
            continue
        p50, p95 = np.percentile(at_peak(simulate(day, workers=gpus), habits), (50, 95))
        cells.append(f"{_time(p50)}, {_time(p95)}")
    print(f"| {len(day.came_s):,} | " + " | ".join(cells) + " |", flush=True)


def print_hours(course: Course) -> None:
    """Print the waits of every hour of a day."""
    hours = hours_of(course.demand)
    print(f"\n{len(hours):,} orders, hour by hour: orders, wait p50 p95 p99")
    for hour in range(24):
        waits_s = course.wait_s[hours == hour]
        parts = " ".join(f"{_time(s):>7}" for s in np.percentile(waits_s, PARTS))
        print(f"{hour:02}  {len(waits_s):>7,}  {parts}")


def print_fairness(work: Work, habits: Habits, *, seed: int) -> None:
    """Print what twenty orders at once of one person do to everybody else on one GPU."""
    random = np.random.default_rng(seed)
    calm = a_day(6_000, replace(habits, shares=(1.0,) * 24), work, seed=seed)
    print(f"\none GPU, {calm.work_s.sum() / DAY_S:.0%} used; {BURST} orders at once of one person")
    began_s = float(random.choice(calm.came_s[1_000:-1_000]))
    heavy = int(calm.owner.max()) + 1
    burst = with_burst(calm, began_s, heavy)
    cases: list[tuple[str, Demand, Rule]] = [
        ("without them", calm, rule_of_the_line),
        ("first come, first served", burst, first_come),
        ("our rule", burst, rule_of_the_line),
    ]
    for what, demand, rule in cases:
        course = simulate(demand, workers=1, later_s=rule)
        soon = (demand.came_s >= began_s) & (demand.came_s < began_s + HOUR_S / 4)
        light = course.wait_s[soon & (demand.owner != heavy)]
        own = course.wait_s[demand.owner == heavy]
        theirs = f"; their own median {_time(float(np.median(own)))}" if len(own) else ""
        p50, p95 = np.percentile(light, (50, 95))
        print(f"{what:26} others wait {_time(p50)}, p95 {_time(p95)}{theirs}")


def with_burst(calm: Demand, at_s: float, owner: int) -> Demand:
    """Add orders of one person, all in the same moment, each as long as the middle one."""
    place = int(np.searchsorted(calm.came_s, at_s))

    def insert(values: Floats, value: float) -> Floats:
        longer: Floats = np.insert(values, place, [value] * BURST)
        return longer

    return Demand(
        came_s=insert(calm.came_s, at_s),
        owner=np.insert(calm.owner, place, [owner] * BURST),
        speech_s=insert(calm.speech_s, float(np.median(calm.speech_s))),
        work_s=insert(calm.work_s, float(np.median(calm.work_s))),
    )


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / HOUR_S:.1f} h"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000, 10_000, 100_000, 10**6])
    parser.add_argument("--pace", type=float, help="seconds of a GPU per second of speech")
    parser.add_argument("--beside-s", type=float, default=PAUSE_S + SPEAK_S + STORE_S)
    parser.add_argument("--within-s", type=float, default=60.0)
    parser.add_argument("--speech-s", type=float, default=10.0, help="median length of a speech")
    parser.add_argument("--per-person", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=1)
    main(parser.parse_args())
