"""Faces that no installed package holds, made of those that one does: rolled, turned, bearded.

Made, not photographed: a roll is exact, a turned head is a photo bent over its mesh (the far cheek
is stretched), a beard is drawn hair by hair. They show what breaks; they prove no beauty.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.lipsync.head import HeadField
from pipeline.portrait import Face, Pixels
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.portrait.pose import pose_of
from tests import faces

ROLL_DEG, YAW_DEG = 20.0, 14.0
HAIRS, HAIR_E = 9000, 0.055
JAW = (
    58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288,
    436, 426, 327, 326, 2, 97, 98, 206, 216,
)  # fmt: skip
MOUTH = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)


def every() -> Iterator[tuple[str, Pixels]]:
    """Give the photos inside installed packages and their variants."""
    hopper, astronaut = faces.pixels(faces.hopper()), faces.pixels(faces.astronaut())
    yield "hopper", hopper
    yield "astronaut", astronaut
    yield "astronaut-rolled", rolled(astronaut)
    mesh = MediaPipeMesh()
    seen = mesh.find(astronaut)[0], mesh.find(hopper)[0]
    mesh.close()
    yield "hopper-turned", turned(hopper, seen[1])
    yield "astronaut-bearded", bearded(astronaut, seen[0])
    yield "hopper-bearded", bearded(hopper, seen[1])


def rolled(photo: Pixels, degrees: float = ROLL_DEG) -> Pixels:
    """Tilt a photo about its middle."""
    height, width = photo.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    made = cv2.warpAffine(
        photo, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(made, np.uint8)


def turned(photo: Pixels, face: Face, degrees: float = YAW_DEG) -> Pixels:
    """Turn the head of a photo, in small steps of its own head field."""
    height, width = photo.shape[:2]
    field = HeadField(face.landmarks, pose_of(face.landmarks), (width, height))
    steps = 4
    row = np.array([np.radians(degrees) / steps, 0, 0, 0, 0], np.float32)
    for _ in range(steps):
        photo = field.move(photo, row)
    return photo


def bearded(photo: Pixels, face: Face) -> Pixels:
    """Draw a full dark beard with a moustache."""
    points, e_px = face.landmarks[:, :2], pose_of(face.landmarks).scale_px
    allowed = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(allowed, [np.round(points[list(JAW)]).astype(np.int32)], (255,))
    cv2.fillPoly(allowed, [np.round(points[list(MOUTH)]).astype(np.int32)], (0,))
    allowed = np.asarray(cv2.erode(allowed, np.ones((3, 3), np.uint8)), np.uint8)
    rng = np.random.default_rng(0)
    rows, columns = np.nonzero(allowed)
    picked = rng.integers(0, len(rows), HAIRS)
    scale = 4  # hairs are thinner than a pixel
    big = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    middle_x = float(points[152, 0])
    for row, column in zip(rows[picked], columns[picked], strict=True):
        lean = (column - middle_x) / e_px + rng.normal(0, 0.35)
        length = HAIR_E * e_px * rng.uniform(0.5, 1.2)
        tip = (column + 0.6 * lean * length, row + length)
        shade = rng.uniform(0.6, 1.3) * np.array([48, 36, 30])
        ends = [(round(scale * x), round(scale * y)) for x, y in ((column, row), tip)]
        cv2.line(big, ends[0], ends[1], shade.tolist(), max(1, round(0.010 * e_px)), cv2.LINE_AA)
    size = (photo.shape[1], photo.shape[0])
    return np.asarray(cv2.resize(big, size, interpolation=cv2.INTER_AREA), np.uint8)
