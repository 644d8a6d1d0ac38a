"""Who stands beside the speaker stays still: other faces of a photo are shown as they are in it.

An engine moves the speaker's head and, a little, what is around it; a neighbour's face must not
bend with it. Works on finished frames, so it holds for every engine. Knows pictures and landmarks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Face, Landmarks, Pixels
from pipeline.portrait.pose import pose_of

AROUND_E, SOFT_E = 0.15, 0.20
"""How far beyond a face it is held still, and over how much more it fades, in eye distances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Still:
    """One part of the picture that is shown as it was."""

    box: tuple[slice, slice]
    share: NDArray[np.float32]
    """(h, w, 1): how much of it is the picture."""


class Bystanders:
    """The other faces of one framed picture."""

    def __init__(self, picture: Pixels, speaker: Face, others: Sequence[Landmarks]) -> None:
        """Take the faces in pixels of the picture; the speaker's own is never held."""
        self._picture = picture
        free = 1.0 - _near(picture, speaker.landmarks)
        held = (_near(picture, landmarks) * free for landmarks in others)
        self._stills = [still for share in held if (still := _cut(share)) is not None]

    def held(self, frames: Iterator[Pixels]) -> Iterator[Pixels]:
        """Pass frames on, with everybody else as in the picture."""
        if not self._stills:
            return frames
        return (self._with_stills(frame) for frame in frames)

    def _with_stills(self, frame: Pixels) -> Pixels:
        result = np.array(frame)
        for still in self._stills:
            part = result[still.box]
            mixed = part + still.share * (self._picture[still.box].astype(np.float32) - part)
            result[still.box] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
        return result


def framed(others: Sequence[Face], before: Face, after: Face) -> list[Landmarks]:
    """Move faces along with one whose place before and after framing is known."""
    old, new = before.landmarks[:, :2], after.landmarks[:, :2]
    scale = np.ptp(new, axis=0) / np.maximum(np.ptp(old, axis=0), 1e-6)
    scales = np.append(scale, scale.mean())
    shift = np.append(new.min(axis=0) - scale * old.min(axis=0), 0.0)
    return [(face.landmarks * scales + shift).astype(np.float32) for face in others]


def _near(picture: Pixels, landmarks: Landmarks) -> NDArray[np.float32]:
    """Return (h, w): 1 on and around a face, fading to 0."""
    import cv2

    outside = np.ones(picture.shape[:2], np.uint8)
    hull = cv2.convexHull(np.round(landmarks[:, :2]).astype(np.int32))
    cv2.fillConvexPoly(outside, hull, (0,))
    e_px = pose_of(landmarks).scale_px
    away = cv2.distanceTransform(outside, cv2.DIST_L2, 5)
    share = np.clip((AROUND_E + SOFT_E - np.asarray(away) / e_px) / SOFT_E, 0.0, 1.0)
    # A face wholly outside the picture leaves nothing to measure from.
    return share.astype(np.float32) if (outside == 0).any() else np.zeros_like(share, np.float32)


def _cut(share: NDArray[np.float32]) -> _Still | None:
    rows, columns = np.flatnonzero(share.any(axis=1)), np.flatnonzero(share.any(axis=0))
    if len(rows) == 0:
        return None
    box = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
    return _Still(box=box, share=share[box][..., None].copy())
