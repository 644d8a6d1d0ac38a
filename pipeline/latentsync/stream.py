"""Run units of work on one or several devices, give the results in order, step down on memory.

`in_order` keeps each device busy, prepares the next unit beside it, and lets at most one finished
unit wait, so that memory stays flat however long the speech is. `Ladder` answers an out-of-memory
error with less at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

import torch

from pipeline.latentsync.errors import MemoryExhausted

T = TypeVar("T")
R = TypeVar("R")
W = TypeVar("W")
P = TypeVar("P")

VAE_SLICES = (1, 4, 16)
"""In how many parts a batch goes through the autoencoder, from fast to frugal."""


def in_order(
    units: Iterable[T],
    workers: Sequence[W],
    prepare: Callable[[T], P],
    run: Callable[[W, T, P], R],
) -> Iterator[R]:
    """Yield run(worker, unit, prepare(unit)) in the order of units, one per worker at a time.

    One thread prepares, ahead of the workers by one unit. Closing the iterator waits for the units
    that are running and starts no other.
    """
    free: SimpleQueue[W] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def work(unit: T, prepared: Future[P]) -> R:
        ready = prepared.result()
        worker = free.get()
        try:
            return run(worker, unit, ready)
        finally:
            free.put(worker)

    pool = ThreadPoolExecutor(len(workers), thread_name_prefix="latentsync")
    preparing = ThreadPoolExecutor(1, thread_name_prefix="latentsync-prepare")
    waiting: deque[Future[R]] = deque()
    try:
        for unit in units:
            waiting.append(pool.submit(work, unit, preparing.submit(prepare, unit)))
            if len(waiting) > len(workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        preparing.shutdown(wait=True, cancel_futures=True)
        pool.shutdown(wait=True, cancel_futures=True)


class Ladder:
    """Remember how much may be done at once on one device; each error takes one step down."""

    def __init__(
        self, stacked: int, on_step: Callable[[str], None], free: Callable[[bool], None]
    ) -> None:
        """`free` gives memory back; it hears whether steps may be recorded again."""
        self.stacked = stacked
        self.records = True
        self.slices = VAE_SLICES[0]
        self.on_step = on_step
        self.free = free

    def climb(self, unit: Sequence[T], run: Callable[[Sequence[T], int], list[R]]) -> list[R]:
        """Run a unit, `run(part, slices)`, in as many parts as memory asks for."""
        while True:
            try:
                results: list[R] = []
                for at in range(0, len(unit), self.stacked):
                    results += run(unit[at : at + self.stacked], self.slices)
            except torch.OutOfMemoryError as e:
                self.step_down(e)
            else:
                return results

    def step_down(self, cause: BaseException) -> None:
        """Do less at once from here on, or raise MemoryExhausted."""
        if self.stacked > 1:
            self.stacked = 1
            self.on_step("out of memory: one chunk at a time")
        elif self.slices != VAE_SLICES[-1]:
            self.slices = VAE_SLICES[VAE_SLICES.index(self.slices) + 1]
            self.on_step(f"out of memory: the autoencoder works in {self.slices} parts")
        elif self.records:
            self.records = False
            self.on_step("out of memory: slower, because nothing is recorded")
        else:
            raise MemoryExhausted(
                "Out of memory with one chunk and the smallest slices. Take the 256-pixel release "
                "(latentsync-1.5), or a device with more memory."
            ) from cause
        self.free(self.records)
