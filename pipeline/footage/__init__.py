"""VIDEO -> FOOTAGE: a stranger's video, looked at once, becomes what engines may read.

``media`` decodes, ``portrait`` finds faces; here both meet. The look happens in a child process
of its own (``python -m pipeline.footage``), where no token is: ``check`` is the look, ``desk`` the
parent's end, ``__main__`` the child. Following the face through every frame takes longer, and is
done when the video is made (``studio``).

This module is what travels over the pipe, and light.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.settings import FootageSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageOrder:
    """One video to look at; crosses the pipe as JSON."""

    source: Path
    into: Path
    fps: int
    size_px: int
    limits: FootageSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageVerdict:
    """What one look at a video told: it can be used, and what the user should know."""

    width_px: int
    height_px: int
    duration_s: float
    is_cut: bool
    """Whether the video was longer than what is used of it."""
    faces: int
    """Most faces in one of the pictures that were looked at."""
    visible: float
    """Share of those pictures in which a face is seen, 0 to 1."""
    eye_distance_px: float
    """Of the largest face, the middle one of those pictures."""


ORDERS = TypeAdapter(FootageOrder)
VERDICTS = TypeAdapter(FootageVerdict)
