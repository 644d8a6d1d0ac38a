"""The GPU engine: a thin adapter over ``pipeline.latentsync``, which is not built yet.

Says so honestly: nothing here pretends to render. When the model lands, ``why_not`` looks for CUDA
and verified weights, and ``sync`` calls it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import errors
from pipeline.portrait import Face, Pixels
from pipeline.types import EngineName, Motion, Speech


def why_not() -> str | None:
    """Return why this engine cannot run here, or None when it can."""
    return "this version has no LatentSync model yet"


class LatentSyncEngine:
    """Keeps the place of the diffusion engine behind the port."""

    name = EngineName.LATENTSYNC

    def sync(
        self,
        picture: Pixels,
        face: Face,
        speech: Speech,
        fps: int,
        motion: Motion = Motion.OFF,
    ) -> Iterator[Pixels]:
        """Refuse. Raises ``EngineUnavailable``."""
        raise errors.EngineUnavailable(self.name, why_not() or "it did not say why")
