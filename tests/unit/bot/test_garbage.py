"""Garbage is looked for when nobody waits."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.garbage import collect_when_quiet
from tests.unit.bot.conftest import Bot


class Ring:
    """Something that only the garbage collector lets go."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def ring() -> Iterator[weakref.ref[Ring]]:
    gc.disable()
    yield weakref.ref(Ring())
    gc.enable()


async def test_garbage_goes_when_it_is_quiet(bot: Bot, ring: weakref.ref[Ring]) -> None:
    await collect_when_quiet(bot.app)

    assert ring() is None


async def test_garbage_waits_while_somebody_waits(bot: Bot, ring: weakref.ref[Ring]) -> None:
    bot.app.keeping[1] = asyncio.Event()

    await collect_when_quiet(bot.app)

    assert ring() is not None
