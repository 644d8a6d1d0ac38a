"""What shall speak in ``bolti render``: a photo or a video, looked at before any work is done.

Either way one child process reads the stranger's file and a clean copy comes out. Says what the
user should know, and refuses a video early where the engine takes none.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from pipeline import errors
from pipeline.cli.console import Console
from pipeline.media.kinds import is_video
from pipeline.settings import Settings
from pipeline.types import EngineChoice, FaceNote, PortraitVerdict, SourceKind

if TYPE_CHECKING:
    from pipeline.bootstrap import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The clean copy of what shall speak."""

    path: Path
    kind: SourceKind
    face: int
    """The number of the face that speaks."""


def kind_of(path: Path) -> SourceKind:
    """Say what a file is meant to be."""
    return SourceKind.FOOTAGE if is_video(path) else SourceKind.PHOTO


async def require_engine(kind: SourceKind, choice: EngineChoice, settings: Settings) -> None:
    """Raise ``PhotosOnly`` for a video if the engine that would be taken makes photos speak."""
    if kind is SourceKind.PHOTO:
        return
    from pipeline.lipsync import choose_engine, takes_films

    # Looking for a GPU may load its libraries.
    name, reason = await asyncio.to_thread(choose_engine, choice, settings.latentsync_in_place)
    if not takes_films(name):
        raise errors.PhotosOnly(name, reason)


async def look(
    path: Path,
    workshop: Workshop,
    scratch: Path,
    *,
    face: int | None,
    size_px: int,
    most_s: float | None,
    shown: Console,
) -> Source:
    """Have the photo or video looked at. Raises a ``PortraitError`` or a ``FootageError``.

    ``size_px`` and ``most_s`` bound a video: its longer side, and how much of it is wanted.
    """
    kind = kind_of(path)
    if kind is SourceKind.PHOTO:
        clean = scratch / "portrait.png"
        verdict = await workshop.portraits.check(path, clean, face)
        await workshop.portraits.close()  # its memory is wanted elsewhere
        _tell_choice(verdict, face, shown)
        return Source(path=clean, kind=kind, face=verdict.chosen)
    clean = scratch / "footage.mp4"
    fps = workshop.settings.lipsync.fps
    filmed = await workshop.footage.check(path, clean, fps=fps, size_px=size_px, most_s=most_s)
    await workshop.footage.close()
    if filmed.faces > 1 and face is None:
        shown.note(f"There are {filmed.faces} faces; the largest one speaks.")
    if filmed.visible < 1:
        shown.note(f"A face is seen in {100 * filmed.visible:.0f} % of the video.")
    return Source(path=clean, kind=kind, face=face or 1)


def _tell_choice(verdict: PortraitVerdict, face: int | None, shown: Console) -> None:
    faces = len(verdict.faces)
    if faces > 1 and face is None:
        first = verdict.chosen == 1
        who = "the largest one speaks" if first else f"face {verdict.chosen} speaks"
        why = "" if first else ", the largest that can"
        shown.note(f"There are {faces} faces; {who}{why}. --face 1 to {faces} chooses.")
    for note in verdict.speaker.notes:
        shown.note(_sentence(note))


def _sentence(note: FaceNote) -> str:
    match note:
        case FaceNote.TURNED:
            return "The face looks far to the side; its lips may look odd."
        case FaceNote.DRAWN:
            return "This looks like a drawing; its lips may move less naturally than a photo's."
        case _:
            assert_never(note)
