"""A film as the face: which frame is shown when, where its face stays as it was, its alignment.

What every engine that takes videos needs, whatever it does to the mouth. Knows frame numbers and
landmarks; finds no face, reads no file, moves no lips.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Landmarks
from pipeline.portrait.face_track import FaceTrack, runs, steady
from pipeline.types import Stretch

Matrix = NDArray[np.float64]


def source_frame(frame: int, frames: int) -> int:
    """Return which frame of a film of so many is shown: forwards, backwards, forwards again.

    At a turn the end frame is shown twice, as the published LatentSync does.
    """
    at = frame % (2 * frames)
    return at if at < frames else 2 * frames - 1 - at


def untouched(track: FaceTrack, count: int, fps: int) -> tuple[Stretch, ...]:
    """List the stretches of ``count`` shown frames in which nobody speaks: no face is seen."""
    seen = track.seen
    shown = [bool(seen[source_frame(frame, len(track))]) for frame in range(count)]
    return tuple(
        Stretch(start_s=start / fps, end_s=stop / fps)
        for start, stop, has_face in runs(shown)
        if not has_face
    )


def matrices_of(
    track: FaceTrack,
    points_of: Callable[[Landmarks], NDArray[np.float64]],
    fit: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> list[Matrix | None]:
    """Align each frame in which the face is seen; None in the others.

    ``points_of`` takes the three alignment points (3 2) out of landmarks; ``fit`` makes matrices
    (n 2 3) of points (n 3 2) of following frames. What it smooths it smooths within a stretch in
    which the face moves without a jump: a cut starts anew.
    """
    matrices: list[Matrix | None] = [None] * len(track)
    for start, stop in steady(track):
        points = np.stack([points_of(track.landmarks[frame]) for frame in range(start, stop)])
        matrices[start:stop] = list(fit(points))
    return matrices
