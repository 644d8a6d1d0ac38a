"""An order leaves the line of an engine that is away, and the quick engine makes it.

Where the order left its engine to us that happens by itself (``sweep.reroute``); who insists on
the other engine decides: the wish is changed in its stored request first, so that whoever renders
it finds it, however the two halves are torn apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.jobs import requests
from pipeline.jobs.ports import LineRows, Requests
from pipeline.line import Ticket
from pipeline.types import EngineChoice, EngineName, JobId

if TYPE_CHECKING:
    from pipeline.jobs.engine import Engine


async def ask_for_quick(store: Requests, id: JobId) -> None:
    """Change what was asked for: the quick engine shall make it. Raises ``ArtifactMissing``."""
    request = replace(await requests.read(store, id), engine=EngineChoice.WARP)
    await store.put_bytes(requests.dump(request), requests.request_key(id))


async def move(engine: Engine, line: LineRows, ticket: Ticket) -> bool:
    """Let an order stand in the quick engine's line; False once it is being made.

    Lane first: a crash in between leaves its render in the old line, where it can be moved again.
    """
    if ticket.is_decided or ticket.started_at is not None:
        return False
    await line.choose_lane(ticket.id, EngineName.WARP)
    await engine.move_render(ticket.id, ticket.tries, EngineName.WARP)
    return True
