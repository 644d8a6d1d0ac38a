"""A closed mouth out of any photo."""

import numpy as np
import pytest

from pipeline.lipsync.neutral import CLOSED, LayerPoints, NeutralMouth, neutral_mouth
from pipeline.portrait import Landmarks
from pipeline.portrait.pose import pose_of
from tests.measure.drawn import drawn_face

E_PX = 64.0


def mouth(gap_e: float, **face: float) -> NeutralMouth:
    landmarks: Landmarks = drawn_face(gap_e=gap_e, **face)[1].landmarks  # type: ignore[arg-type]
    return neutral_mouth(landmarks, pose_of(landmarks))


def moved(
    points: LayerPoints, *weights: float
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    result: np.ndarray[tuple[int, int], np.dtype[np.float64]] = (
        points.points_px + E_PX * np.einsum("nkc,k->nc", points.moves, np.array(weights))
    )
    return result


@pytest.mark.parametrize("gap_e", [0.0, 0.02, 0.06, 0.12, 0.2])
@pytest.mark.parametrize("roll_deg", [0.0, 25.0])
def test_the_lips_of_any_photo_meet(gap_e: float, roll_deg: float) -> None:
    neutral = mouth(gap_e, roll_deg=roll_deg)

    apart = moved(neutral.upper_inner, *CLOSED) - moved(neutral.lower_inner, *CLOSED)

    assert np.abs(apart).max() < 0.5


def test_a_closed_photo_is_left_as_it_is() -> None:
    neutral = mouth(0.0)

    for side in (neutral.upper, neutral.lower):
        assert not side.moves[:, 0].any()
    assert not neutral.was_open


def test_closing_brings_the_chin_up() -> None:
    neutral = mouth(0.15)

    assert neutral.was_open
    assert neutral.lower.moves[:, 0, 1].min() < -0.05


def test_a_smile_has_lifted_the_upper_lip_and_a_dropped_jaw_has_not() -> None:
    bridged = [np.abs(mouth(gap).upper_inner.moves[5, 0]).max() / gap for gap in (0.12, 0.36)]

    assert bridged[0] == pytest.approx(0.42, abs=0.08)
    assert bridged[1] == pytest.approx(0.29, abs=0.08)


def test_the_gap_opens_by_what_was_asked() -> None:
    neutral = mouth(0.1)

    upper = moved(neutral.upper_inner, 1, 0.15, 0, 0, 0, 0)
    lower = moved(neutral.lower_inner, 1, 0.15, 0, 0, 0, 0)

    assert (lower - upper)[5, 1] / E_PX == pytest.approx(0.15, abs=0.005)


def test_a_wider_mouth_moves_its_corners_apart() -> None:
    neutral = mouth(0.0)

    narrow, wide = (moved(neutral.outer_corners, 1, 0, w, 0, 0, 0) for w in (-0.05, 0.05))

    assert (wide[1] - wide[0])[0] - (narrow[1] - narrow[0])[0] == pytest.approx(
        0.1 * E_PX, rel=0.05
    )


def test_pressed_lips_are_thinner_and_stay_closed() -> None:
    neutral = mouth(0.0)

    assert not neutral.upper_inner.moves[:, 4].any()
    upper_outer = neutral.upper.moves[11:22, 4, 1]
    assert upper_outer[1:-1].min() > 0.0


def test_the_arch_of_a_closing_mouth_is_limited() -> None:
    _, face = drawn_face(gap_e=0.15)
    raised = face.landmarks.copy()
    raised[[82, 13, 312, 38, 0, 268], 1] -= 0.12 * E_PX  # a lip drawn up in the middle

    slit = moved(neutral_mouth(raised, pose_of(raised)).upper_inner, *CLOSED)

    chord_y = np.linspace(slit[0, 1], slit[-1, 1], 11)
    assert (chord_y - slit[:, 1]).max() < 0.08 * E_PX
