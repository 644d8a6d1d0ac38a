"""How a process that serves is asked to end: in good order first, at once the second time.

The end in good order has its time: when that is over the process ends as if asked again, before
whoever supervises it kills it. At once means: its children are killed as groups, a hung one too,
and nothing is waited for, whatever the event loop does just now.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

AT_ONCE = 130
"""The exit status of a process that did not end in good order."""
GRACE_S = 30.0
"""What ending in good order may take beside waiting for uploads; a container has 60 s."""

log = logging.getLogger(__name__)


def heed_signals(stop: asyncio.Event, grace_s: float) -> None:
    """Set ``stop`` at the first SIGTERM or Ctrl-C; the second ends the process, or ``grace_s``.

    To be called in the running event loop, in the main thread. Handlers of the process and not of
    the loop: a loop that is kept waiting by a database does not hear of its signals.
    """
    loop = asyncio.get_running_loop()
    is_asked = False

    def begin() -> None:
        log.info("asked to stop")
        stop.set()

    def heed(number: int, _: FrameType | None) -> None:
        nonlocal is_asked
        if is_asked or loop.is_closed():
            _end_at_once()
        is_asked = True
        signal.setitimer(signal.ITIMER_REAL, grace_s)
        loop.call_soon_threadsafe(begin)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heed)
    signal.signal(signal.SIGALRM, lambda *_: _end_at_once())


def _end_at_once() -> None:
    for child in _children():
        try:
            if os.getpgid(child) == child:
                os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            continue
    os._exit(AT_ONCE)


def _children() -> Iterator[int]:
    """List the children of this process; where there is no /proc they end by themselves."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == os.getpid():
            yield int(status.parent.name)
