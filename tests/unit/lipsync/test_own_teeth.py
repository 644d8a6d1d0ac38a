"""Teeth that a photo shows: the upper row, and nothing else of its mouth."""

import cv2
import numpy as np
import pytest

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync.own_teeth import own_teeth
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import pose_of
from tests.measure.drawn import SKIN, drawn_face

WHITE, TONGUE = (235, 230, 220), (150, 70, 70)
SKIN_COLOUR = np.array(SKIN, np.float32)


def laughing(
    share: float, *, roll_deg: float = 0.0, lower_row: bool = False
) -> tuple[Pixels, Face]:
    """Draw an open mouth whose upper ``share`` is teeth, the rest tongue or lower teeth."""
    picture, face = drawn_face(512, gap_e=0.18, roll_deg=roll_deg)
    upper, lower = (
        face.landmarks[list(rows), :2] for rows in (lips.UPPER_INNER, lips.LOWER_INNER)
    )
    for start, stop, colour in (
        (0.0, share, WHITE),
        (share, 1.0, TONGUE),
        (0.8, 1.0, WHITE if lower_row else TONGUE),
    ):
        edges = [upper + at * (lower - upper) for at in (start, stop)]
        band = np.concatenate([edges[0], edges[1][::-1]])
        cv2.fillPoly(picture, [np.round(band).astype(np.int32)], colour)
    return picture, face


def cover_at(picture: Pixels, face: Face, *depths: float) -> list[float]:
    e_px = pose_of(face.landmarks).scale_px
    found = own_teeth(picture, face.landmarks[:, :2], e_px, 0.18, SKIN_COLOUR)
    assert found is not None
    assert np.abs(found.colour - WHITE).max() < 25
    top, bottom = face.landmarks[13, :2], face.landmarks[14, :2]
    at = [np.round(top + depth * (bottom - top)).astype(int) for depth in depths]
    return [float(found.cover[y, x]) for x, y in at]


@pytest.mark.parametrize("roll_deg", [0.0, 25.0])
def test_the_upper_teeth_are_kept_and_the_tongue_is_not(roll_deg: float) -> None:
    teeth, tongue = cover_at(*laughing(0.5, roll_deg=roll_deg), 0.3, 0.7)

    assert teeth > 0.9
    assert tongue < 0.1


def test_lower_teeth_move_with_the_jaw_and_are_not_kept() -> None:
    teeth, lower = cover_at(*laughing(0.4, lower_row=True), 0.2, 0.88)

    assert teeth > 0.9
    assert lower < 0.1


@pytest.mark.parametrize(("lower_row", "share"), [(True, 0.2), (False, 0.0)])
def test_how_much_of_the_lower_teeth_is_seen_is_measured(lower_row: bool, share: float) -> None:
    picture, face = laughing(0.4, lower_row=lower_row)

    found = own_teeth(picture, face.landmarks[:, :2], 128.0, 0.18, SKIN_COLOUR)

    assert found is not None
    assert found.lower_e == pytest.approx(share * 0.18, abs=0.012)


def test_a_mouth_full_of_teeth_is_kept_whole() -> None:
    assert min(cover_at(*laughing(1.0), 0.3, 0.7)) > 0.9


def test_a_mouth_without_teeth_shows_none() -> None:
    picture, face = laughing(0.0)

    assert own_teeth(picture, face.landmarks[:, :2], 128.0, 0.18, SKIN_COLOUR) is None


def test_a_closed_mouth_is_not_searched() -> None:
    picture, face = laughing(0.5)

    assert own_teeth(picture, face.landmarks[:, :2], 128.0, 0.01, SKIN_COLOUR) is None
