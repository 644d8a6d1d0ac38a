"""What the bot does regularly, beside answering: each duty at its own pace, until it stops.

A duty that fails is logged and has its next turn; none ends another. What a duty does is not
known here.

Where the next one goes: a line in ``bot/app.py``, where the duties are named.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram.error import TelegramError

from bot.patience import set_within
from pipeline import errors

LIMIT_S = 120.0
"""Longest turn of a duty."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something to do, and how often."""

    name: str
    act: Callable[[], Awaitable[None]]
    every_s: float


class Duties:
    """The duties of one running bot."""

    def __init__(self) -> None:
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, *duties: Duty) -> None:
        """Take each one's first turn now."""
        for duty in duties:
            self._tasks.append(asyncio.create_task(self._keep(duty), name=f"duty {duty.name}"))

    async def close(self) -> None:
        """End them all; a turn under way is cut off. Safe to repeat."""
        self._stop.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _keep(self, duty: Duty) -> None:
        while not self._stop.is_set():
            await take_turn(duty)
            await set_within(self._stop, duty.every_s)


async def take_turn(duty: Duty) -> None:
    """Do it once; what goes wrong is noted."""
    try:
        async with asyncio.timeout(LIMIT_S):
            await duty.act()
    except (errors.BoltiError, TelegramError, TimeoutError) as e:
        log.warning("duty %s: %s", duty.name, type(e).__name__)
    except Exception:
        log.exception("duty %s", duty.name)
