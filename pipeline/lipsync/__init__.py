"""PORTRAIT + SPEECH -> FRAMES: the port ``LipSyncEngine``.

Knows lips; knows no job, no label, no file format. A new engine is a module here, its name in
``EngineName`` and one ``case`` in ``create``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pipeline.portrait import Face, Pixels
from pipeline.types import EngineName, Speech


class LipSyncEngine(Protocol):
    """Moves the lips of a still to speech. Blocking and plain: it runs in the render child."""

    name: EngineName

    def sync(self, picture: Pixels, face: Face, speech: Speech, fps: int) -> Iterator[Pixels]:
        """Yield exactly ``ceil(speech.duration_s * fps)`` frames of the picture's size.

        Memory does not grow with the number of frames. Raises ``EngineUnavailable``,
        ``NoSpeechFound``.
        """
        ...
