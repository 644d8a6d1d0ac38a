"""Tell a video from a photo by its first bytes, before anything opens it.

A light look, so that a door knows whom to ask; what can really be decoded shows later. Knows no
codec.
"""

from __future__ import annotations

from pathlib import Path

STILLS = (
    (0, b"\xff\xd8\xff"),
    (0, b"\x89PNG"),
    (8, b"WEBP"),
    (4, b"ftyphei"),
    (4, b"ftypmif1"),
    (4, b"ftypavif"),
)
"""Offset and first bytes of pictures; some photos lie in a video's container."""
FILMS = ((4, b"ftyp"), (4, b"moov"), (0, b"\x1aE\xdf\xa3"), (8, b"AVI "))
"""Of videos: MP4 and MOV, Matroska and WEBM, AVI."""
FILM_NAMES = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".3gp"})
"""Where the bytes tell nothing, the name tells what the user thinks it is."""


def is_video(path: Path) -> bool:
    """Say whether a file is meant to be a video. An unreadable one is judged by its name."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        head = b""
    if _starts(head, STILLS):
        return False
    return _starts(head, FILMS) or path.suffix.lower() in FILM_NAMES


def _starts(head: bytes, kinds: tuple[tuple[int, bytes], ...]) -> bool:
    return any(head[offset:].startswith(magic) for offset, magic in kinds)
