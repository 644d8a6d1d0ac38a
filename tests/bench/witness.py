"""Who kept the event loop waiting: a thread that looks on while the loop is late.

It looks at every thread's stack, which costs the bot a little: ``chat_load`` starts it only when
asked (``--who``), and the times of such a run are not to be compared with others.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

LOOK_S = 0.002
LATE_S = 0.015
SHOWN = 8
PLACES = 5
ROOT = Path(__file__).resolve().parents[2]
IDLE = frozenset({"wait", "_worker", "select", "_do_waitpid", "accept"})
"""Where threads wait for work; what has these names elsewhere is not missed."""

Seen = Counter[str]


class Witness(threading.Thread):
    """Made in the loop's thread, which sets ``beat_s`` whenever it comes round."""

    def __init__(self) -> None:
        super().__init__(name="witness", daemon=True)
        self.beat_s = time.monotonic()
        self._loop = threading.get_ident()
        self._blocks: list[tuple[float, Seen]] = []

    def run(self) -> None:
        """Look for ever."""
        beat_s, seen = self.beat_s, Seen()
        while True:
            time.sleep(LOOK_S)
            if self.beat_s != beat_s:
                if seen:
                    self._blocks.append((self.beat_s - beat_s, seen))
                beat_s, seen = self.beat_s, Seen()
            elif time.monotonic() - beat_s > LATE_S:
                seen.update(self._places())

    def told(self) -> str:
        """Write where the threads were during the longest blocks, and how often of all looks."""
        longest = sorted(self._blocks, key=lambda block: block[0], reverse=True)[:SHOWN]
        lines = list[str]()
        for late_s, seen in longest:
            lines.append(f"{1000 * late_s:.0f} ms from one look to the next:")
            lines += (f"  {count:3} {place}" for place, count in seen.most_common(PLACES))
        return "\n".join(lines)

    def _places(self) -> Iterator[str]:
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        for ident, frame in sys._current_frames().items():
            is_loop = ident == self._loop
            if ident != self.ident and (is_loop or frame.f_code.co_name not in IDLE):
                yield f"{'the loop' if is_loop else names.get(ident, '?')}: {_place(frame)}"


def _place(innermost: FrameType) -> str:
    """Name a function, and the nearest one of ours that called it."""
    frame: FrameType | None = innermost
    while frame is not None and not Path(frame.f_code.co_filename).is_relative_to(ROOT / "bot"):
        frame = frame.f_back
    return _named(innermost) + (f" < {_named(frame)}" if frame not in (None, innermost) else "")


def _named(frame: FrameType | None) -> str:
    if frame is None:
        return ""
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}"
