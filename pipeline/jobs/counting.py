"""What is counted of a finished render, for the metrics.

Where the next one goes: what a result tells is a line in ``count_video``.
"""

from __future__ import annotations

from enum import IntEnum

from pipeline import metrics
from pipeline.types import EngineName, Note, RenderResult


class Degraded(IntEnum):
    """What the GPU engine gave up for want of memory, as ``bolti_degrade_level`` shows it."""

    NOT = 0
    SMALLER_PARTS = 1
    SMALLER_NETWORK = 2
    REFUSED = 3


def count_video(made: RenderResult, took_s: float) -> None:
    """Count a video that was made in ``took_s``."""
    metrics.VIDEO_S.labels(engine=made.made_by).inc(made.duration_s)
    metrics.RENDER_S.labels(engine=made.made_by).inc(took_s)
    if made.made_by is not EngineName.LATENTSYNC:
        return
    if Note.LOWER_DETAIL in made.notes:
        count_degraded(Degraded.SMALLER_NETWORK)
    elif Note.SMALLER_PARTS in made.notes:
        count_degraded(Degraded.SMALLER_PARTS)
    else:
        count_degraded(Degraded.NOT)


def count_degraded(level: Degraded) -> None:
    """Show the level of the GPU engine's last video; beyond none, memory ran out once more."""
    metrics.DEGRADE_LEVEL.set(level)
    if level is not Degraded.NOT:
        metrics.OUT_OF_MEMORY.inc()
