"""PORTRAIT + SPEECH -> FRAMES: the port ``LipSyncEngine``.

Knows lips; knows no job, no label, no file format. A new engine is a module here, its name in
``EngineName`` and one ``case`` in ``create``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, assert_never

from pipeline.portrait import Face, Pixels
from pipeline.types import EngineChoice, EngineName, Motion, Speech


class LipSyncEngine(Protocol):
    """Moves the lips of a still to speech. Blocking and plain: it runs in the render child."""

    name: EngineName

    def sync(
        self,
        picture: Pixels,
        face: Face,
        speech: Speech,
        fps: int,
        motion: Motion = Motion.OFF,
    ) -> Iterator[Pixels]:
        """Yield exactly ``ceil(speech.duration_s * fps)`` frames of the picture's size.

        ``motion`` beside the lips is ``motion.idle_motion``'s, the same for every engine. Memory
        does not grow with the number of frames. Raises ``EngineUnavailable``, ``NoSpeechFound``.
        """
        ...


def choose_engine(choice: EngineChoice) -> tuple[EngineName, str]:
    """Return the engine to take and why, in words for an operator.

    A choice by name is kept even when that engine cannot run here: rendering then says so.
    """
    from pipeline.lipsync import latentsync

    match choice:
        case EngineChoice.WARP:
            return EngineName.WARP, "asked for"
        case EngineChoice.LATENTSYNC:
            return EngineName.LATENTSYNC, "asked for"
        case EngineChoice.AUTO:
            missing = latentsync.why_not()
            if missing is None:
                return EngineName.LATENTSYNC, "CUDA and verified weights are here"
            return EngineName.WARP, f"latentsync cannot run here: {missing}"
        case _:
            assert_never(choice)


def create(choice: EngineChoice) -> LipSyncEngine:
    """Make the chosen engine. Raises ``EngineUnavailable`` when it cannot run here."""
    name, _ = choose_engine(choice)
    match name:
        case EngineName.WARP:
            from pipeline.lipsync.warp import WarpEngine

            return WarpEngine()
        case EngineName.LATENTSYNC:
            from pipeline.lipsync.latentsync import LatentSyncEngine

            return LatentSyncEngine()
        case _:
            assert_never(name)
