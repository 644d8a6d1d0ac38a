"""Order, flat memory and the steps down when memory runs out."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
import torch

from pipeline.latentsync.errors import MemoryExhausted
from pipeline.latentsync.stream import Ladder, in_order


def as_it_is(unit: int) -> int:
    return unit


def test_results_come_in_order_from_several_workers() -> None:
    second_done = threading.Event()

    def run(worker: str, unit: int, prepared: int) -> int:
        if unit == 0:
            assert second_done.wait(10)  # the first is overtaken on purpose
        if unit == 1:
            second_done.set()
        return unit * 10

    assert list(in_order(range(5), ["a", "b"], as_it_is, run)) == [0, 10, 20, 30, 40]


def test_no_more_units_are_started_than_workers_and_one() -> None:
    started: list[int] = []

    prepared: list[int] = []

    def prepare(unit: int) -> int:
        prepared.append(unit)
        return unit

    def run(worker: str, unit: int, ready: int) -> int:
        started.append(unit)
        return unit

    results = in_order(range(100), ["a"], prepare, run)
    next(results)

    assert len(started) <= 2
    assert len(prepared) <= 2
    results.close()  # type: ignore[attr-defined]


def test_the_next_unit_is_prepared_while_a_worker_is_busy() -> None:
    next_is_ready = threading.Event()

    def prepare(unit: int) -> int:
        if unit == 1:
            next_is_ready.set()
        return unit

    def run(worker: str, unit: int, prepared: int) -> int:
        assert next_is_ready.wait(10)  # prepared by somebody who does not wait for this worker
        return unit

    assert list(in_order(range(2), ["a"], prepare, run)) == [0, 1]


@pytest.mark.parametrize("where", ["prepare", "run"])
def test_an_error_of_a_unit_reaches_the_reader(where: str) -> None:
    def fail(at: str, unit: int) -> int:
        if at == where:
            raise RuntimeError(f"unit {unit}")
        return unit

    made = in_order(
        range(3),
        ["a"],
        lambda unit: fail("prepare", unit),
        lambda worker, unit, prepared: fail("run", unit),
    )
    with pytest.raises(RuntimeError, match="unit 0"):
        list(made)


def ladder(stacked: int) -> tuple[Ladder, list[str], list[bool]]:
    notes: list[str] = []
    freed: list[bool] = []
    return Ladder(stacked, notes.append, freed.append), notes, freed


def test_running_out_of_memory_steps_down_and_says_so() -> None:
    steps, notes, freed = ladder(stacked=4)

    def run(part: Sequence[int], slices: int) -> list[int]:
        if len(part) > 1 or slices < 4:
            raise torch.OutOfMemoryError("full")
        return [2 * unit for unit in part]

    assert steps.climb([1, 2, 3, 4, 5], run) == [2, 4, 6, 8, 10]
    assert notes == [
        "out of memory: one chunk at a time",
        "out of memory: the autoencoder works in 4 parts",
    ]
    assert freed == [True, True]  # it may record again
    assert steps.climb([6], run) == [12]
    assert len(notes) == 2  # what was learned is kept


def test_the_last_step_down_is_an_error_that_says_what_to_do() -> None:
    steps, notes, freed = ladder(stacked=1)

    def run(part: Sequence[int], slices: int) -> list[int]:
        raise torch.OutOfMemoryError("full")

    with pytest.raises(MemoryExhausted, match="256"):
        steps.climb([1], run)
    assert notes[-1] == "out of memory: slower, because nothing is recorded"
    assert freed == [True, True, False]
