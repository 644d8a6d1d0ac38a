"""Old photos have one tone, and what is painted into them has it too."""

import numpy as np
import pytest

from pipeline.lipsync.motion import IdleMotion
from pipeline.lipsync.tone import tone_of, toned
from pipeline.lipsync.track import MouthTrack
from pipeline.lipsync.warp import TalkingFace
from pipeline.portrait import Pixels
from pipeline.types import Motion
from tests.measure.drawn import drawn_face
from tests.unit.lipsync.test_eyelid import with_eyes

TONGUE = np.array([[[178.0, 84.0, 84.0]]])
SEPIA = np.array([1.18, 0.97, 0.68])


def grey(picture: Pixels) -> Pixels:
    return np.repeat(picture.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)


def sepia(picture: Pixels) -> Pixels:
    dark = grey(picture) / 255.0
    return np.clip(20 + 225 * SEPIA * dark ** (1.6 - 0.6 * SEPIA), 0, 255).astype(np.uint8)


def test_a_photo_in_colour_has_no_tone() -> None:
    picture, _ = drawn_face(gap_e=0.1)

    assert tone_of(picture) is None
    np.testing.assert_array_equal(toned(TONGUE, None), TONGUE.astype(np.float32))


def test_a_tongue_in_a_sepia_photo_is_brown() -> None:
    picture, _ = drawn_face(gap_e=0.1)
    photo = sepia(picture)

    red, green, blue = toned(TONGUE, tone_of(photo))[0, 0]

    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    near = np.abs(photo @ np.array([0.299, 0.587, 0.114]) - luma).argmin()
    assert (red, green, blue) == pytest.approx(photo.reshape(-1, 3)[near], abs=8)


@pytest.mark.parametrize("photo_gap_e", [0.0, 0.12])
def test_nothing_in_a_black_and_white_photo_gets_a_colour(photo_gap_e: float) -> None:
    picture, face = drawn_face(gap_e=photo_gap_e)
    photo = grey(picture)
    talking = TalkingFace(photo, face)
    gap, zero = np.array([0.0, 0.03, 0.15]), np.zeros(3)
    track = MouthTrack(gap=gap, width=zero, up=zero, press=zero, rounding=zero, tongue=zero)

    for index in range(3):
        frame = talking.draw(track, index).astype(int)
        assert (frame.max(axis=2) - frame.min(axis=2)).max() <= 1


def test_lids_in_a_black_and_white_photo_are_grey() -> None:
    picture, face = with_eyes(512)
    motion = IdleMotion(
        grey(picture), face, emphasis=np.zeros(120), fps=25, seed=1, amount=Motion.SUBTLE
    )

    frame = motion.frame(int(motion.closed.argmax())).astype(int)

    assert motion.can_blink
    assert (frame.max(axis=2) - frame.min(axis=2)).max() <= 2
