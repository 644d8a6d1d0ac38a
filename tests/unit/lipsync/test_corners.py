"""The corners of a mouth that was open: no dark is left of them when it shuts."""

import cv2
import numpy as np

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync.corners import Corners
from pipeline.lipsync.layers import region_around
from pipeline.portrait import Face, Pixels
from tests.measure.drawn import drawn_face

E_PX = 128.0
BLACK = (12, 8, 8)
OPEN_E = 0.15


def laughing() -> tuple[Pixels, Face]:
    """Draw an open mouth with a dark triangle at either corner."""
    picture, face = drawn_face(512, gap_e=OPEN_E)
    for corner in (61, 291):
        x, y = np.round(face.landmarks[corner, :2]).astype(int)
        cv2.circle(picture, (int(x), int(y)), 4, BLACK, -1)
    return picture, face


def corners_of(picture: Pixels, face: Face, *, open_e: float) -> Corners:
    bounds = face.landmarks[list(lips.LOWER_FACE), :2].astype(np.float64)
    size = (picture.shape[1], picture.shape[0])
    region = region_around(bounds, E_PX, (0.3, 0.3, 0.5), size)
    return Corners(picture, face.landmarks, region, E_PX, open_e=open_e)


def light_at_corners(picture: Pixels, face: Face) -> float:
    places = np.round(face.landmarks[[61, 291], :2]).astype(int)
    return float(np.mean([picture[y, x] for x, y in places]))


def test_a_shut_mouth_keeps_little_of_the_dark_corners_of_an_open_one() -> None:
    picture, face = laughing()

    shut = corners_of(picture, face, open_e=OPEN_E).of(picture, 0.0)

    assert light_at_corners(picture, face) < 15
    assert light_at_corners(shut, face) > 70


def test_while_the_mouth_is_open_its_corners_are_the_photos() -> None:
    picture, face = laughing()
    corners = corners_of(picture, face, open_e=OPEN_E)

    assert (corners.of(picture, OPEN_E) == picture).all()
    dark = [light_at_corners(corners.of(picture, gap), face) for gap in (0.0, 0.03, 0.08, 0.16)]
    assert dark == sorted(dark, reverse=True)


def test_a_photo_with_a_shut_mouth_is_left_as_it_is() -> None:
    picture, face = laughing()

    assert (corners_of(picture, face, open_e=0.0).of(picture, 0.0) == picture).all()


def test_only_the_corners_are_touched() -> None:
    picture, face = laughing()

    shut = corners_of(picture, face, open_e=OPEN_E).of(picture, 0.0)

    rows, columns = np.nonzero((shut != picture).any(axis=2))
    ends = face.landmarks[[61, 291, 78, 308], :2]
    away = np.hypot(columns[:, None] - ends[:, 0], rows[:, None] - ends[:, 1]).min(axis=1)
    assert away.max() < 0.12 * E_PX
