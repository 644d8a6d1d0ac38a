"""When the garbage collector looks: it stops everybody meanwhile, so seldom, and at little.

Most of what is loaded at the start never goes. What a rush leaves behind is looked through when
nobody waits: in the middle of it that took 20 to 50 ms at a time (``tests/bench/chat_load.py``).
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.context import BotApplication

RARELY = 1000
"""Of so many small rounds one goes through everything, should it never be quiet; usual is 10."""


def leave_the_modules_alone() -> None:
    """Keep away from what was loaded at the start, and from thorough rounds in a rush."""
    gc.collect()
    gc.freeze()
    newest, young, _ = gc.get_threshold()
    gc.set_threshold(newest, young, RARELY)


async def collect_when_quiet(app: BotApplication) -> None:
    """Look through everything else, unless somebody waits for an answer."""
    if not app.keeping:
        gc.collect()
