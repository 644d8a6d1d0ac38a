"""Make one labelled video, frame by frame: look, sync, label, encode.

Only here do picture, engine, label and writer meet. Blocking and plain, in the studio child.
Memory does not grow with the length: a frame is made, marked, encoded and forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pipeline import errors
from pipeline.lipsync import LipSyncEngine
from pipeline.media.read import read_wav
from pipeline.media.sheet import thumbnail
from pipeline.media.write import VideoWriter
from pipeline.portrait import Face, FaceMesh, Pixels
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.picture import read_clean
from pipeline.safety.label import Label
from pipeline.studio import StudioOrder, StudioProgress
from pipeline.studio.journal import kept_through, key_of
from pipeline.types import Note, Speech, Stage, Video

SAY_EVERY_S = 0.25

Say = Callable[[StudioProgress], None]
OnNote = Callable[[Note], None]


def render_video(
    order: StudioOrder,
    engine: LipSyncEngine,
    mesh: FaceMesh,
    say: Say,
    on_note: OnNote | None = None,
) -> Video:
    """Film the order into its file; tell how far it is, and what its owner should know.

    Raises what its parts raise: ``NoFaceFound``, ``SoundUnreadable``, ``NoSpeechFound``,
    ``EngineUnavailable``, ``RenderFailed``, ``DiskFull``.
    """
    say(StudioProgress(stage=Stage.LOOKING))
    picture, face = _look(order, mesh)
    height_px, width_px = picture.shape[:2]
    sound = read_wav(order.speech.path)
    # The engine counts frames by the very length that the writer counts by.
    speech = replace(order.speech, duration_s=sound.duration_s)
    label = Label(order.label, width_px, height_px)
    tell = _paced(say)
    say(StudioProgress(stage=Stage.SYNCING, fraction=0.0))  # an engine may take long to begin
    with VideoWriter(
        order.into,
        width_px=width_px,
        height_px=height_px,
        fps=order.fps,
        sound=sound,
        max_bytes=order.max_bytes,
    ) as video:
        for number, made in enumerate(_frames(order, engine, picture, face, speech, on_note)):
            frame = np.array(made)  # the engine may give the same picture again
            label.onto(frame, number / order.fps)
            if number == 0:
                thumbnail(frame, order.thumbnail)
            video.add(frame)
            tell((number + 1) / video.frames_wanted)
    say(StudioProgress(stage=Stage.SYNCING, fraction=1.0))
    return Video(
        path=order.into,
        thumbnail=order.thumbnail,
        width_px=width_px,
        height_px=height_px,
        fps=order.fps,
        frames=video.frames,
        duration_s=video.frames / order.fps,
        size_bytes=video.size_bytes,
        made_by=engine.name,
    )


def _look(order: StudioOrder, mesh: FaceMesh) -> tuple[Pixels, Face]:
    picture = read_clean(order.portrait)
    faces = mesh.find(picture)
    if not faces:
        raise errors.NoFaceFound
    return frame_portrait(picture, faces[0], order.size_px)


def _frames(
    order: StudioOrder,
    engine: LipSyncEngine,
    picture: Pixels,
    face: Face,
    speech: Speech,
    on_note: OnNote | None,
) -> Iterator[Pixels]:
    """Give all frames; those of an earlier try, where a costly engine left some, are read."""

    def make(first_frame: int) -> Iterator[Pixels]:
        return engine.sync(
            picture, face, speech, order.fps, first_frame=first_frame, on_note=on_note
        )

    if order.journal is None or not engine.is_costly:
        return make(0)
    key = key_of(
        engine.name.value,
        order.latentsync.model_dump_json(),
        str(order.fps),
        str(picture.shape),
        picture.tobytes(),
        face.landmarks.tobytes(),
        repr(speech.phones),
        speech.path.read_bytes(),
    )
    return kept_through(order.journal, key, make)


def _paced(say: Say) -> Callable[[float], None]:
    """Pass a fraction on at most every ``SAY_EVERY_S``."""
    last_s = 0.0

    def tell(fraction: float) -> None:
        nonlocal last_s
        now_s = time.monotonic()
        if now_s - last_s >= SAY_EVERY_S:
            last_s = now_s
            say(StudioProgress(stage=Stage.SYNCING, fraction=round(fraction, 3)))

    return tell
