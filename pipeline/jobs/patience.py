"""Try again while an error says that it may help. The only loop of retries in the jobs.

What is tried is not known here. Where the next one goes: nowhere; another policy is an argument.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pipeline import errors

T = TypeVar("T")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0

log = logging.getLogger(__name__)


async def patiently(act: Callable[[], Awaitable[T]], *, what: str, limit_s: float) -> T:
    """Do it, and again while it raises a retryable error, with doubling pauses.

    A ``DeliveryDelayed`` is believed when it asks for a longer pause. After ``limit_s`` the last
    error is raised. ``what`` names the act in the log; it holds an id, nothing of the person.
    """
    deadline = asyncio.get_running_loop().time() + limit_s
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return await act()
        except errors.BoltiError as e:
            if not e.retryable or asyncio.get_running_loop().time() >= deadline:
                raise
            asked_s = e.retry_after_s if isinstance(e, errors.DeliveryDelayed) else 0.0
            log.warning("%s: %s; tried again in %.0f s", what, e.code, max(pause_s, asked_s))
            await asyncio.sleep(max(pause_s, asked_s))
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
