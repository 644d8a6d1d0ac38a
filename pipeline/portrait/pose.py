"""Where a face is and which way it looks: a canonical face laid onto the landmarks of a photo.

The canonical frame: origin between the eyes (landmark 168), x from the image-left to the
image-right eye corner, y down, z away from the camera, the outer eye corners (33 and 263) exactly
1 apart and everything mirror-symmetric. A point ``c`` of it lies at
``origin_px + scale_px * rotation @ c`` in the photo, so a motion ``d`` in the frontal plane, in
units of the eye distance, moves pixels by ``scale_px * rotation[:2, :2] @ d``.

Knows landmarks only: no picture, no limit. ``canonical.npy`` is the mean of the attention meshes
of three people over 1352 frames of speech, with the pose removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import asin, atan2, degrees
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Landmarks

STABLE = (33, 133, 362, 263, 168, 6, 197, 195, 9, 8, 151, 127, 356)
"""Landmarks that neither speech nor a smile moves: eye corners, bridge, forehead, temples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """The similarity that lays the canonical face onto the landmarks of one face."""

    scale_px: float
    """E: the distance of the outer eye corners, as if the face looked straight ahead."""
    rotation: NDArray[np.float64]
    """(3, 3), canonical axes to picture axes."""
    origin_px: NDArray[np.float64]
    """(3,): x, y, z of the point between the eyes."""

    @property
    def yaw_deg(self) -> float:
        """The turn to the side; positive when the nose points to the picture's left."""
        return degrees(atan2(self.rotation[0, 2], self.rotation[2, 2]))

    @property
    def roll_deg(self) -> float:
        """The tilt in the picture's plane; positive is clockwise."""
        return degrees(atan2(self.rotation[1, 0], self.rotation[0, 0]))

    @property
    def pitch_deg(self) -> float:
        """The nod; positive when the nose points down."""
        return degrees(asin(float(np.clip(-self.rotation[1, 2], -1.0, 1.0))))


@cache
def canonical_points() -> NDArray[np.float32]:
    """Return the canonical face, (478, 3), read-only."""
    points: NDArray[np.float32] = np.load(Path(__file__).with_name("canonical.npy"))
    points.setflags(write=False)
    return points


def pose_of(landmarks: Landmarks) -> Pose:
    """Fit the canonical face to the stable landmarks by least squares.

    Closed form: S. Umeyama, "Least-squares estimation of transformation parameters between two
    point patterns", PAMI 1991.
    """
    source = canonical_points()[list(STABLE)].astype(np.float64)
    target = landmarks[list(STABLE)].astype(np.float64)
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    a, b = source - source_mean, target - target_mean
    u, stretch, vt = np.linalg.svd(b.T @ a)
    handedness = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * handedness) @ vt
    scale_px = float((stretch * handedness).sum() / (a**2).sum())
    return Pose(
        scale_px=scale_px,
        rotation=rotation,
        origin_px=target_mean - scale_px * rotation @ source_mean,
    )


def eye_distance_px(landmarks: Landmarks) -> float:
    """Return the distance of the outer eye corners as if the face looked straight ahead."""
    return pose_of(landmarks).scale_px
