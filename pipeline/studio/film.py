"""Make one labelled video, frame by frame: look, sync, shape, label, encode.

Only here do take, outline, captions, label and writer meet; ``takes.py`` looks at the photo or
video. Blocking and plain, in the studio child. Memory does not grow with the length: a frame is
made, marked, encoded and forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from pipeline.lipsync import LipSyncEngine
from pipeline.media.read import read_wav
from pipeline.media.sheet import cover, thumbnail
from pipeline.media.write import VideoWriter
from pipeline.portrait import FaceFollower, Pixels
from pipeline.safety.label import Label
from pipeline.safety.watermark import Watermark
from pipeline.speech.subtitles import cues
from pipeline.studio import StudioOrder, StudioProgress
from pipeline.studio.captions import Captions
from pipeline.studio.journal import kept_through, key_of
from pipeline.studio.outline import Outline, Plane
from pipeline.studio.takes import OnNote, Take, take_of
from pipeline.types import Note, Speech, Stage, Video

SAY_EVERY_S = 0.25

Say = Callable[[StudioProgress], None]


def render_video(
    order: StudioOrder,
    engine: LipSyncEngine,
    mesh: FaceFollower,
    say: Say,
    on_note: OnNote | None = None,
) -> Video:
    """Film the order into its file; tell how far it is, and what its owner should know.

    Raises what its parts raise: ``NoFaceFound``, ``NoFaceInVideo``, ``NoSuchFace``,
    ``PhotosOnly``, ``SoundUnreadable``, ``NoSpeechFound``, ``EngineUnavailable``,
    ``RenderFailed``, ``DiskFull``.
    """
    say(StudioProgress(stage=Stage.LOOKING))
    sound = read_wav(order.speech.path)
    # The engine counts frames by the very length that the writer counts by.
    speech = replace(order.speech, duration_s=sound.duration_s)
    looked = _paced(say, Stage.LOOKING)
    with take_of(order, speech, engine, mesh, looked, on_note) as take:
        # An engine may take long to begin.
        say(StudioProgress(stage=Stage.SYNCING, fraction=0.0))
        outline = Outline(order.shape, take.width_px, take.height_px, take.focus)
        with VideoWriter(
            order.into,
            width_px=outline.width_px,
            height_px=outline.height_px,
            fps=order.fps,
            sound=sound,
            max_bytes=order.max_bytes,
        ) as video:
            plane = outline.plane
            mark = Watermark(
                bytes.fromhex(order.mark_key), order.mark_id, outline.width_px, outline.height_px
            )
            label = Label(order.label, plane.width_px, plane.height_px, order.language)
            captions = _captions(order, speech, plane, on_note)
            tell = _paced(say, Stage.SYNCING)
            for number, made in enumerate(_frames(order, engine, speech, take)):
                frame = outline.of(made)  # a fresh one: the engine may give the same again
                mark.onto(frame)
                captions.onto(plane.of(frame), number / order.fps)
                label.onto(plane.of(frame), number / order.fps)
                if number == 0:
                    thumbnail(frame, order.thumbnail)
                    cover(frame, order.cover)
                video.add(frame)
                tell((number + 1) / video.frames_wanted)
    say(StudioProgress(stage=Stage.SYNCING, fraction=1.0))
    return Video(
        path=order.into,
        thumbnail=order.thumbnail,
        cover=order.cover,
        width_px=outline.width_px,
        height_px=outline.height_px,
        fps=order.fps,
        frames=video.frames,
        duration_s=video.frames / order.fps,
        size_bytes=video.size_bytes,
        made_by=engine.name,
        untouched=take.untouched,
    )


def _captions(
    order: StudioOrder, speech: Speech, plane: Plane, on_note: OnNote | None
) -> Captions:
    """Draw the words if they are wished for; say so where that cannot be done."""
    shown = [] if order.captions is None else cues(speech.words, order.captions)
    captions = Captions(shown, plane.width_px, plane.height_px)
    if order.captions is not None and not captions.can_be_drawn and on_note is not None:
        on_note(Note.NO_CAPTIONS)
    return captions


def _frames(
    order: StudioOrder, engine: LipSyncEngine, speech: Speech, take: Take
) -> Iterator[Pixels]:
    """Give all frames; those of an earlier try, where a costly engine left some, are read."""
    if order.journal is None or not engine.is_costly:
        return take.frames(0)
    key = key_of(
        engine.name.value,
        order.motion.value,
        order.latentsync.model_dump_json(),
        str(order.fps),
        *take.decided_by,
        repr(speech.phones),
        speech.path.read_bytes(),
    )
    return kept_through(order.journal, key, take.frames)


def _paced(say: Say, stage: Stage) -> Callable[[float], None]:
    """Pass the fraction of a stage on at most every ``SAY_EVERY_S``."""
    last_s = 0.0

    def tell(fraction: float) -> None:
        nonlocal last_s
        now_s = time.monotonic()
        if now_s - last_s >= SAY_EVERY_S:
            last_s = now_s
            say(StudioProgress(stage=stage, fraction=round(fraction, 3)))

    return tell
