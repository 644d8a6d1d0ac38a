"""Trying again: when, how often, and when not."""

from __future__ import annotations

import asyncio

import pytest

from pipeline import errors
from pipeline.jobs import patience
from pipeline.jobs.patience import patiently


async def test_what_works_is_done_once() -> None:
    tries = Tries()

    assert await patiently(tries, what="it", limit_s=10) == 1


async def test_what_cannot_help_is_not_tried_again() -> None:
    tries = Tries(errors.ScriptEmpty(), ZeroDivisionError())

    with pytest.raises(errors.ScriptEmpty):
        await patiently(tries, what="it", limit_s=10)
    with pytest.raises(ZeroDivisionError):
        await patiently(tries, what="it", limit_s=10)
    assert tries.count == 2


async def test_a_retryable_error_is_tried_again() -> None:
    tries = Tries(errors.StoreUnavailable("away"))

    assert await patiently(tries, what="it", limit_s=10) == 2


async def test_after_its_time_the_last_error_is_raised() -> None:
    tries = Tries(*(errors.StoreUnavailable(str(n)) for n in range(9)))

    with pytest.raises(errors.StoreUnavailable, match="1"):
        await patiently(tries, what="it", limit_s=patience.FIRST_PAUSE_S / 2)


async def test_a_pause_that_was_asked_for_is_kept() -> None:
    tries = Tries(errors.DeliveryDelayed("flood", retry_after_s=600))
    waiting = asyncio.create_task(patiently(tries, what="it", limit_s=3600))

    done, _ = await asyncio.wait({waiting}, timeout=1.5 * patience.FIRST_PAUSE_S)

    assert not done
    assert tries.count == 1
    waiting.cancel()


class Tries:
    """Raise the errors in turn, then give the number of tries."""

    def __init__(self, *raised: Exception) -> None:
        self.raised, self.count = list(raised), 0

    async def __call__(self) -> int:
        self.count += 1
        if self.raised:
            raise self.raised.pop(0)
        return self.count
