"""PORTRAIT + SPEECH -> FRAMES: the ports ``LipSyncEngine`` and ``FilmLipSync``.

Knows lips; knows no job, no label, no file format. A new engine is a module here, its name in
``EngineName`` and one ``case`` in ``create``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, assert_never, runtime_checkable

from pipeline.portrait import Face, FaceFollower, Pixels
from pipeline.portrait.face_track import FaceTrack
from pipeline.settings import LatentSyncSettings
from pipeline.types import EngineChoice, EngineName, Motion, Note, Speech


class LipSyncEngine(Protocol):
    """Moves the lips of a still to speech. Blocking and plain: it runs in the render child."""

    name: EngineName
    is_costly: bool
    """Whether finished frames are worth keeping for a second try."""

    def sync(
        self,
        picture: Pixels,
        face: Face,
        speech: Speech,
        fps: int,
        motion: Motion = Motion.OFF,
        *,
        first_frame: int = 0,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[Pixels]:
        """Yield exactly ``ceil(speech.duration_s * fps)`` frames of the picture's size.

        ``motion`` beside the lips is ``motion.idle_motion``'s, the same for every engine.
        ``first_frame`` takes a broken film up again: the same frames, less those before it.
        ``on_note`` hears what the owner of the video should know. Memory does not grow with the
        number of frames. Raises ``EngineUnavailable``, ``NoSpeechFound``.
        """
        ...


@runtime_checkable
class FilmLipSync(LipSyncEngine, Protocol):
    """Moves the lips of a face in a film too."""

    def sync_film(
        self,
        frames: Sequence[Pixels],
        track: FaceTrack,
        speech: Speech,
        fps: int,
        *,
        first_frame: int = 0,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[Pixels]:
        """Yield frames as ``sync`` does; ``frames`` run to and fro while the speech lasts.

        Frames in which the face is not seen come back untouched. Frames may be asked for in any
        order, more than once and by several threads.
        """
        ...


@runtime_checkable
class TunedLipSync(LipSyncEngine, Protocol):
    """Works by settings that may change from one film to the next."""

    def tune(self, settings: LatentSyncSettings) -> None:
        """Work by these from the next film on; what is loaded stays loaded."""
        ...


def takes_films(name: EngineName) -> bool:
    """Tell whether an engine is a ``FilmLipSync``, without making it."""
    match name:
        case EngineName.WARP:
            return False
        case EngineName.LATENTSYNC:
            return True
        case _:
            assert_never(name)


def choose_engine(choice: EngineChoice, settings: LatentSyncSettings) -> tuple[EngineName, str]:
    """Return the engine to take and why, in words for an operator.

    A choice by name is kept even when that engine cannot run here: rendering then says so.
    """
    match choice:
        case EngineChoice.WARP:
            return EngineName.WARP, "asked for"
        case EngineChoice.LATENTSYNC:
            return EngineName.LATENTSYNC, "asked for"
        case EngineChoice.AUTO:
            from pipeline.lipsync import latentsync

            missing = latentsync.why_not(settings)
            if missing is None:
                return EngineName.LATENTSYNC, "CUDA and verified weights are here"
            return EngineName.WARP, f"latentsync cannot run here: {missing}"
        case _:
            assert_never(choice)


def create(
    name: EngineName, settings: LatentSyncSettings, mesh: FaceFollower | None = None
) -> LipSyncEngine:
    """Make an engine; one that cannot run here says so when it is asked for frames.

    ``mesh`` looks at what the warp engine draws, where there is one.
    """
    match name:
        case EngineName.WARP:
            from pipeline.lipsync.warp import WarpEngine

            return WarpEngine(mesh)
        case EngineName.LATENTSYNC:
            from pipeline.lipsync.latentsync import LatentSyncEngine

            return LatentSyncEngine(settings)
        case _:
            assert_never(name)
