"""A closed mouth out of any photo."""

from typing import Any

import numpy as np
import pytest

from pipeline.lipsync.neutral import (
    CLOSED,
    LayerPoints,
    NeutralMouth,
    basis_weights,
    neutral_mouth,
)
from pipeline.lipsync.track import MouthTrack
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


def test_skin_that_the_mesh_lays_upon_a_lip_moves_as_the_lip_does() -> None:
    landmarks = drawn_face(gap_e=0.15)[1].landmarks.copy()
    landmarks[18, :2] = landmarks[17, :2] + (0.0, 0.01 * E_PX)  # hair hides the lip's edge

    neutral = neutral_mouth(landmarks, pose_of(landmarks))

    away = np.linalg.norm(neutral.lower.points_px - landmarks[17, :2], axis=1)
    assert (away < 0.045 * E_PX).sum() == 1


def test_closing_brings_the_chin_up() -> None:
    neutral = mouth(0.15)

    assert neutral.was_open
    assert neutral.lower.moves[:, 0, 1].min() < -0.05


def test_a_smile_has_lifted_the_upper_lip_and_a_dropped_jaw_has_not() -> None:
    margins_e = 2 * 0.012  # both contours of an open mouth lie in the lips
    bridged = [
        np.abs(mouth(gap_e).upper_inner.moves[5, 0]).max() / (gap_e + margins_e)
        for gap_e in (0.12, 0.36)
    ]

    assert bridged[0] == pytest.approx(0.42, abs=0.02)
    assert bridged[1] == pytest.approx(0.29, abs=0.02)


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


@pytest.mark.parametrize("gap_e", [0.1, 0.3])
def test_an_open_mouth_closes_to_a_line_without_notches_at_its_corners(gap_e: float) -> None:
    x, y = moved(mouth(gap_e).upper_inner, *CLOSED).T

    bends = np.diff(np.diff(y) / np.diff(x)) * np.ptp(x) / E_PX

    assert np.abs(bends).max() < 0.1


def weights_of(gap: float, width: float, smile_e: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    one, zero = np.ones(1), np.zeros(1)
    track = MouthTrack(
        gap=gap * one, width=width * one, up=zero, press=zero, rounding=zero, tongue=zero
    )
    return basis_weights(track, 0, smile_e)


def test_a_smile_gives_way_while_the_mouth_is_open_or_rounded_and_comes_back() -> None:
    at_rest, opened, rounded = (
        weights_of(gap, width, smile_e=0.13)[2]
        for gap, width in ((0.0, 0.0), (0.155, 0.0), (0.05, -0.075))
    )

    assert at_rest == 0
    assert opened < -0.04
    assert -0.155 < rounded < -0.14


def test_a_mouth_at_rest_speaks_as_it_was_told() -> None:
    assert weights_of(0.155, 0.012, smile_e=0.0)[2] == pytest.approx(0.012)


def test_a_wide_mouth_smiles_however_the_head_is_tilted() -> None:
    for roll_deg in (0.0, 30.0):
        _, face = drawn_face(roll_deg=roll_deg)
        points = face.landmarks.copy()
        across = points[291, :2] - points[61, :2]
        points[61, :2] -= 0.2 * across
        points[291, :2] += 0.2 * across

        plain, wide = (neutral_mouth(p, pose_of(p)).smile_e for p in (face.landmarks, points))

        assert wide > plain
        assert wide == pytest.approx(1.4 * np.linalg.norm(across) / E_PX - 0.60, abs=0.02)


def test_lined_skin_is_dragged_along_and_lips_open_as_far_as_ever() -> None:
    landmarks = drawn_face()[1].landmarks
    smooth, lined = (neutral_mouth(landmarks, pose_of(landmarks), lax) for lax in (0.0, 1.0))

    assert np.abs(lined.lower.moves[:, 1:3]).sum() > np.abs(smooth.lower.moves[:, 1:3]).sum()
    np.testing.assert_array_equal(lined.lower_inner.moves, smooth.lower_inner.moves)
    np.testing.assert_array_equal(lined.outer_corners.moves, smooth.outer_corners.moves)
