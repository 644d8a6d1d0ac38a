"""A film begins and ends on the photo."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.lipsync.ends import WIDEST_E, from_the_photo, photo_shares, toward
from pipeline.lipsync.track import MouthTrack
from pipeline.lipsync.warp import TalkingFace
from tests.measure.drawn import drawn_face

FRAMES = 12


def silent() -> MouthTrack:
    still = np.zeros(FRAMES)
    return MouthTrack(gap=still, width=still, up=still, press=still, rounding=still, tongue=still)


@pytest.mark.parametrize("gap_e", [0.0, 0.12, 0.3])
def test_the_first_and_the_last_frame_are_the_photo(gap_e: float) -> None:
    photo, face = drawn_face(gap_e=gap_e)
    talking = TalkingFace(photo, face)
    track = talking.from_the_photo(silent())

    for index in (0, FRAMES - 1):
        assert np.array_equal(talking.frame(track, index), photo)
    middle = talking.frame(track, FRAMES // 2)
    assert np.array_equal(middle, talking.draw(track, FRAMES // 2))


def test_an_open_mouth_closes_over_a_few_frames_and_opens_again() -> None:
    gap = from_the_photo(silent(), 0.15).gap

    assert gap[0] == gap[-1] == pytest.approx(0.15)
    assert (np.diff(gap[:4]) < 0).all()
    assert not gap[3:-3].any()
    assert from_the_photo(silent(), 0.5).gap.max() == WIDEST_E


def test_a_photo_of_a_closed_mouth_keeps_its_track() -> None:
    talking = TalkingFace(*drawn_face())

    assert talking.from_the_photo(track := silent()) is track


def test_the_shortest_film_is_the_photo() -> None:
    assert photo_shares(1).tolist() == [1.0]


def test_a_photo_shines_through_as_much_as_asked() -> None:
    white, black = np.full((2, 2, 3), 200, np.uint8), np.zeros((2, 2, 3), np.uint8)

    assert int(toward(white, black, 0.25)[0, 0, 0]) == 50
    assert toward(white, black, 0.0) is black
