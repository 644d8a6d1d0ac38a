"""What the workflows are called: the id of the order, what is done for it, which try it is.

The name makes an enqueue idempotent, so each name means one piece of work for ever.
"""

from __future__ import annotations

import re
from enum import StrEnum

from pipeline.types import JobId


class Making(StrEnum):
    """What a render is for."""

    VIDEO = "render"
    PREVIEW = "preview"


_WORKFLOW = re.compile(r"(?P<id>.+?)(-(render|preview)(-\d+)?|-(try|again|file|copy)-\d+)?")
_RENDER = re.compile(r"(?P<id>.+?)-(?P<making>render|preview)(-\d+)?")


def order_name(id: JobId, tries: int) -> str:
    """Name the workflow of an order; each retry by an operator is one of its own."""
    return f"{id}-try-{tries}" if tries else id


def render_name(id: JobId, tries: int, making: Making) -> str:
    """Name the workflow that renders for an order."""
    return f"{id}-{making}-{tries}" if tries else f"{id}-{making}"


def order_of(name: str) -> JobId:
    """Tell which order a workflow of any kind serves."""
    found = _WORKFLOW.fullmatch(name)
    assert found is not None
    return JobId(found["id"])


def read_name(name: str) -> tuple[JobId, Making]:
    """Tell whose render it is, and what is made."""
    found = _RENDER.fullmatch(name)
    assert found is not None, f"Not the name of a render: {name}"
    return JobId(found["id"]), Making(found["making"])
