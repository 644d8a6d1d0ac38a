"""The colours that a photo does not show are guessed by those that it does."""

import numpy as np

from pipeline.lipsync.palette import palette_of
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import pose_of
from tests.measure.drawn import drawn_face
from tests.unit.lipsync.test_eyelid import with_eyes

BLUISH = np.array([0.9, 0.9, 1.2])


def blue_of_teeth(picture: Pixels, face: Face) -> float:
    """Return blue against green of the teeth that a closed mouth hides."""
    tooth = palette_of(picture, face.landmarks, pose_of(face.landmarks).scale_px, 0.0).tooth
    return float(tooth[2] / tooth[1])


def test_teeth_have_the_hue_of_the_light_as_the_whites_of_the_eyes_have() -> None:
    picture, face = with_eyes()
    lit = np.clip(0.8 * picture * BLUISH, 0, 255).astype(np.uint8)

    assert 0.85 < blue_of_teeth(picture, face) < 1.0
    assert blue_of_teeth(lit, face) > 1.0


def test_eyes_that_are_shut_or_red_make_no_teeth_yellow() -> None:
    shut, face = drawn_face(512)
    bloodshot = with_eyes()[0].copy()
    bloodshot[..., 2] = np.minimum(bloodshot[..., 2], 0.7 * bloodshot[..., 1])

    assert blue_of_teeth(shut, face) > 0.88
    assert blue_of_teeth(bloodshot, face) > 0.8
