"""What stands before the camera: a photo, or footage whose face is followed.

A take gives the frames of the film from any number on, and names all that decides them. Knows
pictures, faces and engines; marks no frame and encodes nothing: that is ``film.py``.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from pipeline import errors
from pipeline.lipsync import FilmLipSync, LipSyncEngine
from pipeline.lipsync.filmed import untouched
from pipeline.lipsync.track import frame_count
from pipeline.media.footage import Footage
from pipeline.portrait import FaceFollower, Landmarks, Pixels
from pipeline.portrait.face_track import FaceTrack
from pipeline.portrait.following import follow_face
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.picture import read_clean
from pipeline.studio import StudioOrder
from pipeline.studio.bystanders import Bystanders, framed
from pipeline.types import Note, SourceKind, Speech, Stretch

OnNote = Callable[[Note], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One film to make."""

    width_px: int
    height_px: int
    frames: Callable[[int], Iterator[Pixels]]
    """Makes the frames from a number on."""
    decided_by: tuple[str | bytes, ...]
    """All that decides the frames, beside the engine and the speech."""
    focus: tuple[float, float]
    """The middle of the face in the first frame: x, y in pixels."""
    untouched: tuple[Stretch, ...] = ()
    """Where nobody is seen who could speak."""


@contextmanager
def take_of(
    order: StudioOrder,
    speech: Speech,
    engine: LipSyncEngine,
    mesh: FaceFollower,
    tell: Callable[[float], None],
    on_note: OnNote | None,
) -> Iterator[Take]:
    """Look for the face and set up the take; what it reads is open while the block lasts.

    A photo that was taken from a film stands in for it where nobody can follow its face.
    ``tell`` hears how much of a film has been looked at. Raises ``NoFaceFound``, ``NoSuchFace``,
    ``NoFaceInVideo``, ``PhotosOnly`` for footage alone and an engine that takes no films.
    """
    # Frames behind the end of the speech are never shown: they need no look.
    count = max(1, frame_count(speech.duration_s, order.fps))
    match order.source:
        case SourceKind.PHOTO:
            if order.film is None:
                yield _photo(order, speech, engine, mesh, on_note)
                return
            with Footage(order.film, most=max(count, order.still_at + 1)) as footage:
                yield _film_or_still(order, speech, engine, mesh, footage, tell, on_note)
        case SourceKind.FOOTAGE:
            if not isinstance(engine, FilmLipSync):
                raise errors.PhotosOnly(engine.name, "it moves one picture")
            with Footage(order.portrait, most=count) as footage:
                track = follow_face(footage, mesh, fps=order.fps, chosen=order.face, tell=tell)
                yield _film(order, speech, engine, footage, track, on_note)
        case _:
            assert_never(order.source)


def _film_or_still(
    order: StudioOrder,
    speech: Speech,
    engine: LipSyncEngine,
    mesh: FaceFollower,
    footage: Footage,
    tell: Callable[[float], None],
    on_note: OnNote | None,
) -> Take:
    """Follow the face that was chosen in the still; where that cannot be, the still speaks."""
    if isinstance(engine, FilmLipSync):
        try:
            track = follow_face(
                footage, mesh, fps=order.fps, chosen=order.face, tell=tell, at=order.still_at
            )
            return _film(order, speech, engine, footage, track, on_note)
        except errors.FootageError as e:
            log.warning("a film was not followed: %s", e.code)
    if on_note is not None:
        on_note(Note.STILL_SPOKE)
    return _photo(order, speech, engine, mesh, on_note)


def _photo(
    order: StudioOrder,
    speech: Speech,
    engine: LipSyncEngine,
    mesh: FaceFollower,
    on_note: OnNote | None,
) -> Take:
    whole = read_clean(order.portrait)
    faces = mesh.find(whole)
    if not faces:
        raise errors.NoFaceFound
    if not 1 <= order.face <= len(faces):
        raise errors.NoSuchFace(order.face, len(faces))
    speaker = faces[order.face - 1]
    picture, face = frame_portrait(whole, speaker, order.size_px)
    others = [other for other in faces if other is not speaker]
    bystanders = Bystanders(picture, face, framed(others, speaker, face))

    def frames(first_frame: int) -> Iterator[Pixels]:
        made = engine.sync(
            picture,
            face,
            speech,
            order.fps,
            order.motion,
            first_frame=first_frame,
            on_note=on_note,
        )
        return bystanders.held(made)

    return Take(
        width_px=picture.shape[1],
        height_px=picture.shape[0],
        frames=frames,
        decided_by=(str(picture.shape), picture.tobytes(), face.landmarks.tobytes()),
        focus=_middle(face.landmarks),
    )


def _film(
    order: StudioOrder,
    speech: Speech,
    engine: FilmLipSync,
    footage: Footage,
    track: FaceTrack,
    on_note: OnNote | None,
) -> Take:
    def frames(first_frame: int) -> Iterator[Pixels]:
        return engine.sync_film(
            footage, track, speech, order.fps, first_frame=first_frame, on_note=on_note
        )

    return Take(
        width_px=footage.size.width_px,
        height_px=footage.size.height_px,
        frames=frames,
        decided_by=(_digest(order.film or order.portrait), track.landmarks.tobytes()),
        focus=_middle(track.landmarks[0]),
        untouched=untouched(track, frame_count(speech.duration_s, order.fps), order.fps),
    )


def _middle(landmarks: Landmarks) -> tuple[float, float]:
    """Give the middle of a face; where none is seen, there is no better one than the first."""
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    x, y = (float(v) for v in (low + high) / 2)
    return x, y


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
