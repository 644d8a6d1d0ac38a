"""A process whose engine has not shown that it works is not ready; it is shown at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from pipeline import errors
from pipeline.child import Message
from pipeline.warmth import WARMING, Warmth

REQUEST: Message = {"kind": "warm up"}


class FakeStudio:
    """A process that answers when it may, once for each of its lives."""

    def __init__(self) -> None:
        self.asked: list[Message] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None
        self.has_answered = False
        self._ended = asyncio.Event()

    async def ask(self, request: Message, *, limit_s: float) -> Message:
        self.asked.append(request)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        self._ended.clear()
        self.has_answered = True
        return {}

    async def until_ended(self) -> None:
        await self._ended.wait()

    def end(self) -> None:
        self.has_answered = False
        self.may_answer.clear()
        self._ended.set()


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio()


@asynccontextmanager
async def kept_warm(studio: FakeStudio) -> AsyncIterator[Warmth]:
    warmth = Warmth(studio, REQUEST, limit_s=10)
    keeping = asyncio.create_task(warmth.keep())
    yield warmth
    keeping.cancel()
    await asyncio.wait({keeping})


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(100):
        if happened():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never happened")


async def test_it_is_not_ready_before_the_engine_has_made_something(studio: FakeStudio) -> None:
    async with kept_warm(studio) as warmth:
        await until(lambda: bool(studio.asked))
        assert warmth.trouble() == WARMING

        studio.may_answer.set()
        await until(lambda: studio.has_answered)

        assert warmth.trouble() == ""
        assert studio.asked == [REQUEST], "once is enough"


async def test_the_next_process_is_warmed_at_once_and_not_ready_before(studio: FakeStudio) -> None:
    async with kept_warm(studio) as warmth:
        studio.may_answer.set()
        await until(lambda: studio.has_answered)

        studio.end()
        await until(lambda: len(studio.asked) == 2)
        assert warmth.trouble() == WARMING

        studio.may_answer.set()
        await until(lambda: studio.has_answered)
        assert warmth.trouble() == ""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.EngineUnavailable("latentsync", "no CUDA"), "engine_unavailable"),
        (errors.ChildDied("studio", 70), "child_died"),
        (OSError(12, "no memory"), "OSError"),
    ],
)
async def test_an_engine_that_does_not_work_is_told_by_its_error(
    studio: FakeStudio, error: Exception, told: str
) -> None:
    studio.error = error
    studio.may_answer.set()
    async with kept_warm(studio) as warmth:
        await until(lambda: warmth.trouble() != WARMING)

        assert warmth.trouble() == told


async def test_a_render_that_went_well_shows_it_too(studio: FakeStudio) -> None:
    studio.error = errors.ChildTimedOut("studio", 10)
    studio.may_answer.set()
    async with kept_warm(studio) as warmth:
        await until(lambda: warmth.trouble() != WARMING)

        studio.has_answered = True

        assert warmth.trouble() == ""
