"""What LatentSync sees: one picture, or one per frame, each with the three points it aligns by.

A photo without idle motion is one picture, prepared once. With motion, or in a film, every frame
is a picture of its own. Knows faces and motion; knows no network.
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
    """What shall speak: one picture, or one per frame, each with its three points."""

    frames: Sequence[Pixels]
    points: NDArray[np.float64]
    """(frames, 3, 2): left brow, right brow, nose, in pixels; NaN where no face is seen."""
    is_rounded: bool = True
    """Whole pixels, as published; points that were moved analytically are finer."""


def seen_in(picture: Pixels, face: Face, speech: Speech, fps: int, motion: Motion) -> Seen:
    """See a photo as it moves beside its lips.

    Without motion it is aligned, encoded and measured once. With motion every frame is a picture
    of its own, and since the motion is ours, no face has to be found in it again.
    """
    here = three_points(face.landmarks)
    if motion is Motion.OFF:
        return Seen(frames=[picture], points=here[np.newaxis])
    idle = idle_motion(picture, face, speech, fps, motion)
    points = np.stack([idle.moved_points(index, here) for index in range(len(idle))])
    return Seen(frames=IdleFrames(idle), points=points, is_rounded=False)


class IdleFrames(Sequence[Pixels]):
    """The frames of a still that moves, each drawn when it is asked for."""

    def __init__(self, idle: IdleMotion) -> None:
        self._idle = idle

    def __len__(self) -> int:
        return len(self._idle)

    @overload
    def __getitem__(self, index: int) -> Pixels: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Pixels]: ...

    def __getitem__(self, index: int | slice) -> Pixels | Sequence[Pixels]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"frame {index} of {len(self)}")
        return self._idle.frame(index % len(self))
