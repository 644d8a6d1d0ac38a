"""Stills of one filmed person that differ: mouth closed, wide open, wide, turned and tilted.

For measuring beside the photos inside packages. Knows films; knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.media.read import read_frames
from pipeline.portrait import Face, FaceMesh, Pixels
from pipeline.portrait.pose import pose_of
from tests.measure.lips import gap_of

EVERY = 5
"""A still is looked for in every fifth frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """One picture of a film, and the face in it."""

    picture: Pixels
    face: Face


def stills_of(film: Path, mesh: FaceMesh) -> dict[str, Still]:
    """Return the most different stills of a film, by what they show."""
    seen = [
        Still(picture=frame, face=faces[0])
        for number, frame in enumerate(read_frames(film))
        if number % EVERY == 0 and (faces := mesh.find(frame))
    ]
    rules: dict[str, Callable[[Still], float]] = {
        "closed": lambda still: -gap_of(still.face),
        "open": lambda still: gap_of(still.face),
        "smile": lambda still: _width_e(still.face),
        "turned": lambda still: abs(pose_of(still.face.landmarks).yaw_deg),
        "tilted": lambda still: abs(pose_of(still.face.landmarks).roll_deg),
    }
    return {name: max(seen, key=rule) for name, rule in rules.items()} if seen else {}


def _width_e(face: Face) -> float:
    left, right = face.landmarks[[61, 291], :2]
    return float(np.linalg.norm(right - left)) / pose_of(face.landmarks).scale_px
