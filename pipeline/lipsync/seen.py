"""What LatentSync is shown: frames, and where the three points of the face lie in each.

A photo that moves nothing but its lips is one frame: aligned, encoded and measured once. With idle
motion it is a frame for each of the video, made when it is asked for, and the points are where the
motion took them: no face is looked for again. Another source of frames is another function here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.brows import three_points
from pipeline.lipsync.motion import IdleMotion, idle_motion
from pipeline.portrait import Face, Pixels
from pipeline.types import Motion, Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Frames, and left brow, right brow and nose in each."""

    frames: Sequence[Pixels]
    points: NDArray[np.float64]
    """(frames, 3, 2) in pixels; NaN where no face is seen."""
    is_rounded: bool = True
    """Whole pixels, as published; points that were moved analytically are finer."""


def seen_still(picture: Pixels, face: Face, speech: Speech, fps: int, motion: Motion) -> Seen:
    """Show a photo, at rest or in motion. Raises ``SoundUnreadable``."""
    points = three_points(face.landmarks)
    if motion is Motion.OFF:
        return Seen(frames=[picture], points=points[np.newaxis])
    idle = idle_motion(picture, face, speech, fps, motion)
    moved = [idle.moved_points(index, points) for index in range(len(idle))]
    return Seen(frames=MovedFrames(idle), points=np.stack(moved), is_rounded=False)


class MovedFrames(Sequence[Pixels]):
    """The frames of a still in motion, made when they are asked for, by any thread."""

    def __init__(self, idle: IdleMotion) -> None:
        self._length = len(idle)
        self._frame = idle.frame

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Pixels: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Pixels]: ...

    def __getitem__(self, index: int | slice) -> Pixels | Sequence[Pixels]:
        """Give a frame; whoever takes it leaves it as it is."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        if not 0 <= index < self._length:
            raise IndexError(index)
        return self._frame(index)
