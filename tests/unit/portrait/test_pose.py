"""The pose: what is laid onto a photo must be found again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.portrait.pose import STABLE, canonical_points, eye_distance_px, pose_of


def turned(
    *, yaw_deg: float = 0, pitch_deg: float = 0, roll_deg: float = 0
) -> NDArray[np.float64]:
    """Build yaw @ pitch @ roll by hand, in the signs that the pose promises."""
    y, p, r = np.radians([yaw_deg, pitch_deg, roll_deg])
    yaw = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    pitch = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    roll = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(yaw @ pitch @ roll)


def landmarks(rotation: NDArray[np.float64], scale_px: float = 120.0) -> NDArray[np.float32]:
    moved = np.array([300.0, 200.0, -5.0]) + scale_px * canonical_points() @ rotation.T
    return moved.astype(np.float32)


def test_the_canonical_face_has_eyes_one_apart_and_two_equal_halves() -> None:
    face = canonical_points()

    assert face.shape == (478, 3)
    assert np.linalg.norm(face[33, :2] - face[263, :2]) == pytest.approx(1, abs=1e-6)
    assert np.allclose(face[168], 0)
    mirrored = face * np.array([-1, 1, 1], np.float32)
    distance = np.linalg.norm(face[:, None] - mirrored[None], axis=2)
    assert distance.min(axis=1).max() < 1e-6


def test_the_canonical_face_cannot_be_changed_by_accident() -> None:
    with pytest.raises(ValueError, match="read-only"):
        canonical_points()[0, 0] = 1


@given(
    yaw_deg=st.floats(-60, 60),
    roll_deg=st.floats(-170, 170),
    scale_px=st.floats(20, 800),
)
def test_yaw_roll_and_size_are_found_again(
    yaw_deg: float, roll_deg: float, scale_px: float
) -> None:
    rotation = turned(yaw_deg=yaw_deg, roll_deg=roll_deg)

    pose = pose_of(landmarks(rotation, scale_px))

    assert pose.yaw_deg == pytest.approx(yaw_deg, abs=0.1)
    assert pose.scale_px == pytest.approx(scale_px, rel=1e-3)
    assert pose.rotation == pytest.approx(rotation, abs=1e-3)


@given(roll_deg=st.floats(-179, 179))
def test_a_tilt_is_positive_clockwise(roll_deg: float) -> None:
    face = landmarks(turned(roll_deg=roll_deg))

    assert pose_of(face).roll_deg == pytest.approx(roll_deg, abs=0.1)
    assert (face[263, 1] - face[33, 1]) * roll_deg >= 0


def test_pitch_is_positive_when_the_nose_points_down() -> None:
    pose = pose_of(landmarks(turned(pitch_deg=15)))

    assert abs(pose.pitch_deg) == pytest.approx(15, abs=0.1)
    nose, between_the_eyes = landmarks(turned(pitch_deg=15))[[4, 168]]
    level_nose = landmarks(turned())[4]
    assert (nose[1] > level_nose[1]) == (pose.pitch_deg > 0)
    assert nose[2] < between_the_eyes[2]


def test_yaw_is_positive_when_the_nose_points_to_the_left_of_the_picture() -> None:
    face = landmarks(turned(yaw_deg=20))

    assert face[4, 0] < face[168, 0]
    assert pose_of(face).yaw_deg > 0


def test_a_moving_mouth_does_not_move_the_pose() -> None:
    face = landmarks(turned(yaw_deg=10))
    talking = face.copy()
    talking[[i for i in range(478) if i not in STABLE]] += 40

    assert pose_of(talking).scale_px == pytest.approx(pose_of(face).scale_px)
    assert pose_of(talking).yaw_deg == pytest.approx(pose_of(face).yaw_deg)


def test_a_turned_face_keeps_its_eye_distance() -> None:
    face = landmarks(turned(yaw_deg=40))

    assert np.linalg.norm(face[33, :2] - face[263, :2]) < 100
    assert eye_distance_px(face) == pytest.approx(120, rel=1e-3)


def test_the_landmarks_of_a_mirrored_photo_never_give_a_reflection() -> None:
    face = landmarks(turned()) * np.array([-1, 1, 1], np.float32)

    assert np.linalg.det(pose_of(face).rotation) == pytest.approx(1)
