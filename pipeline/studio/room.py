"""What answers orders in the studio child, one after the other: engine and face mesh stay warm.

The process ends itself when a GPU breaks down: nothing in it can be trusted then, and its parent
starts a fresh one for the next try.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import assert_never

from pipeline import errors
from pipeline.child import Message
from pipeline.lipsync import LipSyncEngine, TunedLipSync, choose_engine, create
from pipeline.portrait import FaceFollower
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.settings import LatentSyncSettings
from pipeline.studio import (
    ANSWER,
    PROGRESS,
    REQUEST,
    StudioAnswer,
    StudioOrder,
    StudioProgress,
    StudioWarmUp,
)
from pipeline.studio.film import render_video
from pipeline.studio.rehearsal import rehearse
from pipeline.types import EngineName, Note

FAULT_STATUS = 70
MakeEngine = Callable[[EngineName, LatentSyncSettings, FaceFollower], LipSyncEngine]

log = logging.getLogger(__name__)


class Studio:
    """What stays loaded between two orders."""

    def __init__(self, make_engine: MakeEngine = create) -> None:
        self._make_engine = make_engine
        self._mesh: MediaPipeMesh | None = None
        self._engines: dict[EngineName, LipSyncEngine] = {}

    def warm(self) -> None:
        """Load the face models before the first order comes."""
        try:
            self._mesh = _load_mesh()
        except errors.BoltiError as e:  # the order will meet it again, and its parent hear it
            log.warning("not warm: %s", e)

    def handle(self, message: Message, say: Callable[[Message], None]) -> Message:
        """Do what is asked; the process ends when a device breaks down."""
        request = REQUEST.validate_python(message)
        try:
            match request:
                case StudioOrder():
                    return self._film(request, say)
                case StudioWarmUp():
                    self._rehearse(request)
                    return {}
                case _:
                    assert_never(request)
        except errors.DeviceFault:
            traceback.print_exc(file=sys.stderr)
            sys.stderr.flush()
            os._exit(FAULT_STATUS)  # what would be tidied up on the way out may hang

    def _film(self, order: StudioOrder, say: Callable[[Message], None]) -> Message:
        name, reason = choose_engine(order.engine, order.latentsync)
        engine, mesh = self._ready(name, order.latentsync)
        notes: list[Note] = []

        def tell(progress: StudioProgress) -> None:
            say(PROGRESS.dump_python(progress, mode="json"))

        try:
            video = render_video(order, engine, mesh, tell, notes.append)
        finally:
            _give_back_memory()
        answer = StudioAnswer(video=video, engine_reason=reason, notes=tuple(notes))
        return dict(ANSWER.dump_python(answer, mode="json"))

    def _rehearse(self, wish: StudioWarmUp) -> None:
        for name in wish.engines:
            engine, mesh = self._ready(name, wish.latentsync)
            began_s = time.monotonic()
            rehearse(engine, mesh, wish.size_px, wish.fps)
            log.info("%s is warm: %.1f s", name, time.monotonic() - began_s)

    def _ready(
        self, name: EngineName, settings: LatentSyncSettings
    ) -> tuple[LipSyncEngine, MediaPipeMesh]:
        self._mesh = self._mesh or _load_mesh()
        engine = self._engines.get(name)
        if engine is None:
            engine = self._engines[name] = self._make_engine(name, settings, self._mesh)
        elif isinstance(engine, TunedLipSync):
            engine.tune(settings)
        return engine, self._mesh


def _give_back_memory() -> None:
    """Hand what a video needed back to the system: glibc keeps it in the holes of its heap.

    A process that made small videos before needs 20 MB less for a large one. Other C libraries
    have no such call.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _load_mesh() -> MediaPipeMesh:
    try:
        return MediaPipeMesh()
    except (ImportError, OSError, RuntimeError, ValueError) as e:
        reason = f"MediaPipe's face models do not load ({type(e).__name__})"
        raise errors.EngineUnavailable("studio", reason) from e
