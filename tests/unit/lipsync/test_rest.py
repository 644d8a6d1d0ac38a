"""How firmly lips rest is decided by what is seen of them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from pipeline.lipsync.rest import EYE_CORNERS, PAIRS, press_at_rest
from pipeline.lipsync.warp import TalkingFace
from pipeline.portrait import Face, Landmarks, Pixels
from tests.measure.drawn import drawn_face

LEVELS = 100
"""The drawn mouth says by its grey how firmly it is pressed."""


class Eye:
    """Sees the gap that a mouth has when it is pressed so; none: sees no face."""

    def __init__(self, gaps: Mapping[float, float]) -> None:
        self.gaps, self.looks = gaps, 0

    def find(self, picture: Pixels) -> Sequence[Face]:
        raise AssertionError("one look, where the face is")

    def follow(self, picture: Pixels, near: Landmarks) -> Face | None:
        self.looks += 1
        gap = self.gaps.get(float(picture.flat[0]) / LEVELS)
        return None if gap is None else face_with(gap)


def face_with(gap_e: float) -> Face:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[EYE_CORNERS[1], 0] = 100.0
    for _, lower in PAIRS:
        landmarks[lower, 1] = 100.0 * gap_e
    return Face(landmarks=landmarks, score=0.9)


def drawn(press: float) -> Pixels:
    return np.full((2, 2, 3), round(LEVELS * press), np.uint8)


@pytest.mark.parametrize(
    ("seen", "press"),
    [
        ({0.0: 0.001}, 0.0),
        ({0.0: 0.02, 0.5: 0.003}, 0.5),
        ({0.0: 0.02, 0.5: 0.012, 1.0: 0.001}, 1.0),
        ({0.0: 0.02, 0.5: 0.009, 1.0: 0.006, 1.5: 0.012}, 1.0),
        ({0.0: 0.0040, 0.5: 0.0039, 1.0: 0.0041, 1.5: 0.0038}, 0.0),
        ({}, 0.0),
    ],
    ids=["shut as they are", "a little", "firmly", "as well as can be", "in vain", "no face seen"],
)
def test_lips_are_pressed_no_more_than_they_need_to_be_seen_shut(
    seen: dict[float, float], press: float
) -> None:
    assert press_at_rest(drawn, face_with(0.1), Eye(seen)) == press


def test_the_lips_of_a_shut_mouth_stay_as_they_are() -> None:
    eye = Eye({})

    TalkingFace(*drawn_face(gap_e=0.0)).rest(eye)

    assert eye.looks == 0
