"""Hostile files: what strangers may send to hurt us, and what must come of each.

``pictures``, ``sounds`` and ``films`` make them, all offline; ``probe`` is the confined process
that reads them as the product does; ``fuzz`` mutates real ones by the ten thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """Who reads a file that is not ours."""

    PHOTO = "photo"
    FILM = "film"
    RECORDING = "recording"
    """Through ffmpeg, a process of its own each time."""
    SPEECH = "speech"
    """What a speech service sends: not a stranger's, but somebody else's."""
    VERIFY = "verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One file and what may come of it."""

    name: str
    content: bytes
    usable: bool = False
    """Whether it may be read after all: odd, but no harm."""
