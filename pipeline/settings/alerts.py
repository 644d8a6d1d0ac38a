"""Settings of what the operators are alarmed about."""

from __future__ import annotations

from pydantic import Field

from pipeline.settings.section import Section


class AlertSettings(Section):
    """What the operators are told of, in one message each until it is over."""

    chat: int = 0
    """The chat that is told, by numeric id; 0: none. The bot must be in it."""
    worker_s: float = Field(default=60.0, ge=1)
    """How long a worker may be gone."""
    queue_minutes: float = Field(default=10.0, gt=0)
    """How long an order may wait before it is made."""
    failed_pct: float = Field(default=10.0, gt=0, le=100)
    """How many of an hour's videos may fail, in per cent; at least three failures."""
    disk_free_pct: float = Field(default=10.0, ge=0, le=100)
    """How much of the disk must be free, in per cent."""
    speech_videos: int = Field(default=5, ge=1)
    """After how many videos in a row with another voice the voices count as down."""
