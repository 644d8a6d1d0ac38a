"""PICTURE -> PORTRAIT: the ports ``FaceMesh`` and ``FaceFollower``, and what they find.

Knows pictures and faces; knows no sound, no video, no job. Another face finder is another adapter
in ``mesh.py`` and a line in its contract suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(h, w, 3) RGB."""
Landmarks = NDArray[np.float32]
"""(478, 3) MediaPipe attention-mesh points in pixels of their picture; z grows with distance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face: its mesh and how sure the finder is of it."""

    landmarks: Landmarks
    score: float


class FaceMesh(Protocol):
    """Finds faces."""

    def find(self, picture: Pixels) -> Sequence[Face]:
        """Return every face, the largest first; empty when there is none."""
        ...


class FaceFollower(FaceMesh, Protocol):
    """Finds faces, and one of them again in the next picture of a film."""

    def follow(self, picture: Pixels, near: Landmarks) -> Face | None:
        """Look only around where a face was; return it, or None when it is not there."""
        ...
