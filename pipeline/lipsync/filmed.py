"""A film as the face: which frame is shown when, where its face stays as it was, its alignment.

What every engine that takes videos needs, whatever it does to the mouth. Knows frame numbers and
points; finds no face, reads no file, moves no lips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Landmarks
from pipeline.portrait.face_track import FaceTrack, runs
from pipeline.types import Stretch

Points = NDArray[np.float64]
"""(frames, 3, 2): left brow, right brow, nose, in pixels; NaN where no face is seen."""
Matrix = NDArray[np.float64]
CUT = 0.7
"""How far the points can come from one frame to the next, in widths from brow to brow: 1 m/s at
25 frames a second. Further is a cut of the film."""


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


def points_of(track: FaceTrack, three_points: Callable[[Landmarks], Points]) -> Points:
    """Take the points that align a face out of every frame's landmarks."""
    return np.stack([three_points(landmarks) for landmarks in track.landmarks])


def aligned(points: Points, fit: Callable[[Points], Matrix]) -> list[Matrix | None]:
    """Align each frame that has points; None for the others.

    ``fit`` makes matrices (n, 2, 3) of the points of following frames. What it smooths from frame
    to frame begins anew behind an absence and behind a cut.
    """
    matrices: list[Matrix | None] = [None] * len(points)
    for start, stop in steady(points):
        matrices[start:stop] = list(fit(points[start:stop]))
    return matrices


def steady(points: Points) -> Iterator[tuple[int, int]]:
    """Yield the stretches start..stop in which the face is seen and moves without a jump."""
    seen = [bool(np.isfinite(frame).all()) for frame in points]
    moved_px = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1)
    wide_px = np.linalg.norm(points[:, 1] - points[:, 0], axis=1)
    for start, stop, has_face in runs(seen):
        if not has_face:
            continue
        begun = start
        for frame in range(start + 1, stop):
            if moved_px[frame - 1] > CUT * wide_px[frame]:
                yield begun, frame
                begun = frame
        yield begun, stop
