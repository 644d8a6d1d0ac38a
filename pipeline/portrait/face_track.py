"""Where one face is in each frame of a film, and how holes in that are mended.

Knows landmarks and frame numbers; knows no picture, no file and no model. ``following.py`` finds
the face; what an engine makes of it stands with the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Landmarks
from pipeline.portrait.pose import eye_distance_px

POINTS = 478
BRIDGED_S = 0.5
"""A shorter absence is an error of the finder, or a hand that passes: the face is put between."""
SHORTEST_S = 0.2
"""A face seen for less between two absences is one that flickers; no mouth moves so shortly."""
BRIDGE_JUMP_E = 1.5
"""How far it can come behind a bridged absence."""

Landmarked = NDArray[np.float32]
"""(n, 478, 3): landmarks per frame, NaN where no face is seen."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceTrack:
    """One face through a film."""

    landmarks: Landmarked

    def __len__(self) -> int:
        return len(self.landmarks)

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(n,) whether the face is seen in a frame."""
        return np.asarray(~np.isnan(self.landmarks[:, 0, 0]), np.bool_)

    def at(self, frame: int) -> Landmarks | None:
        """Give the landmarks in one frame, or None."""
        landmarks = self.landmarks[frame]
        return None if np.isnan(landmarks[0, 0]) else landmarks


def mended(track: FaceTrack, fps: int) -> FaceTrack:
    """Bridge absences of at most half a second, then drop what is seen too shortly.

    A bridge is a straight line; there is none where the face comes back far from where it left,
    at the ends of the film, or across a cut.
    """
    landmarks = track.landmarks.copy()
    for start, stop, is_seen in runs(track.seen.tolist()):
        at_end = start == 0 or stop == len(landmarks)
        if is_seen or at_end or stop - start > BRIDGED_S * fps:
            continue
        before, after = landmarks[start - 1], landmarks[stop]
        if distance_e(before, after) <= BRIDGE_JUMP_E:
            share = np.arange(1, stop - start + 1, dtype=np.float32) / (stop - start + 1)
            landmarks[start:stop] = before + share[:, None, None] * (after - before)
    shortest = min(SHORTEST_S * fps, len(landmarks))
    for start, stop, is_seen in runs(FaceTrack(landmarks=landmarks).seen.tolist()):
        if is_seen and stop - start < shortest:
            landmarks[start:stop] = np.nan
    return FaceTrack(landmarks=landmarks)


def runs(values: Sequence[bool]) -> Iterator[tuple[int, int, bool]]:
    """Yield start, stop and value of each run of equal values."""
    at = 0
    for value, run in groupby(values):
        stop = at + len(list(run))
        yield at, stop, value
        at = stop


def distance_e(a: Landmarks, b: Landmarks) -> float:
    """Return how far two faces are apart: the mean way of a landmark, in eye distances."""
    way_px = float(np.linalg.norm((a - b)[:, :2], axis=1).mean())
    return way_px / max(min(eye_distance_px(a), eye_distance_px(b)), 1e-6)
