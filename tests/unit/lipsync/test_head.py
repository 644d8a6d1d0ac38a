"""How the picture of a head moves: exactly where its points go, nothing beyond."""

import cv2
import numpy as np
import pytest

from pipeline.lipsync.head import HeadField
from pipeline.lipsync.layers import Points
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import pose_of
from tests.measure.drawn import drawn_face

FAR = np.array([0.04, 0.03, 0.02, 0.012, -0.01], np.float32)
STILL = np.zeros(5, np.float32)


def field(picture: Pixels, face: Face) -> HeadField:
    return HeadField(face.landmarks, pose_of(face.landmarks), picture.shape[1::-1])


def dots(points: Points, size_px: int) -> Pixels:
    """Draw a soft dot at each point."""
    rows, columns = np.mgrid[0:size_px, 0:size_px]
    light = np.zeros((size_px, size_px))
    for x, y in points:
        light += np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 2.0**2))
    return np.repeat((200 * light)[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("roll_deg", [0.0, 25.0])
def test_a_point_goes_where_moved_points_says(roll_deg: float) -> None:
    picture, face = drawn_face(384, roll_deg=roll_deg)
    head = field(picture, face)
    points = face.landmarks[[9, 4, 50, 280, 152], :2].astype(np.float64)

    moved = head.move(dots(points, 384), FAR)
    wanted = head.moved_points(FAR, points)

    assert np.linalg.norm(wanted - points, axis=1).min() > 0.5
    rows, columns = np.mgrid[0:384, 0:384]
    for x, y in wanted:
        near = (np.abs(columns - x) < 7) & (np.abs(rows - y) < 7)
        light = moved[..., 0] * near
        seen = np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()
        np.testing.assert_allclose(seen, (x, y), atol=0.15)


def test_a_head_at_rest_is_the_picture_itself() -> None:
    picture, face = drawn_face()
    head = field(picture, face)
    points = face.landmarks[:, :2].astype(np.float64)

    np.testing.assert_array_equal(head.move(picture, STILL), picture)
    np.testing.assert_array_equal(head.moved_points(STILL, points), points)


def test_the_edge_of_the_picture_and_all_beyond_the_box_stay() -> None:
    picture, face = drawn_face(400)
    head = field(picture, face)

    moved = head.move(picture, FAR)

    outside = np.ones(picture.shape[:2], bool)
    outside[head.box] = False
    np.testing.assert_array_equal(moved[outside], picture[outside])
    edge = np.abs(moved.astype(int) - picture)
    assert max(edge[0].max(), edge[-1].max(), edge[:, 0].max(), edge[:, -1].max()) <= 1


def test_a_collar_does_not_swim() -> None:
    picture, face = drawn_face(512)
    head, e_px = field(picture, face), pose_of(face.landmarks).scale_px
    chin = face.landmarks[152, :2].astype(np.float64)
    collar = chin + np.array([[x, 0.46] for x in (-0.8, -0.4, 0.0, 0.4, 0.8)]) * e_px

    np.testing.assert_allclose(head.moved_points(FAR, collar), collar, atol=0.02)


def test_no_spot_is_torn_or_folded() -> None:
    picture, face = drawn_face(512)
    head = field(picture, face)
    rows, columns = np.mgrid[0:512:2, 0:512:2]
    places = np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float64)

    moved = head.moved_points(1.5 * FAR, places).reshape(256, 256, 2)

    across, down = np.diff(moved[..., 0], axis=1), np.diff(moved[..., 1], axis=0)
    assert across.min() > 1.0
    assert down.min() > 1.0
    assert max(across.max(), down.max()) < 3.0


@pytest.mark.parametrize("shift_px", [(-300, 0), (0, 300), (-170, -150), (1000, 1000)])
def test_a_face_at_or_beyond_the_edge_is_no_error(shift_px: tuple[int, int]) -> None:
    picture, face = drawn_face(256)
    away = face.landmarks.copy()
    away[:, :2] += shift_px
    head = field(picture, Face(landmarks=away, score=1.0))

    moved = head.move(picture, FAR)

    assert moved.shape == picture.shape


def test_the_inverse_is_exact() -> None:
    picture, face = drawn_face(512)
    head = field(picture, face)
    smooth: Pixels = cv2.GaussianBlur(picture, (0, 0), 3).astype(np.uint8)
    rows, columns = np.mgrid[0:512, 0:512]
    places = np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float64)

    moved = head.move(smooth, FAR)
    now = head.moved_points(FAR, places).reshape(512, 512, 2).astype(np.float32)
    back = cv2.remap(moved, now[..., 0].copy(), now[..., 1].copy(), cv2.INTER_CUBIC)

    assert np.abs(back.astype(int) - smooth)[20:-20, 20:-20].mean() < 0.5


def test_what_is_behind_a_head_stays_while_the_whole_face_moves() -> None:
    picture, face = drawn_face(512)
    head = field(picture, face)
    low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
    middle, size = (low + high) / 2, high - low
    turn = np.linspace(np.pi, 2 * np.pi, 31)[:, None]
    behind = middle + np.hstack([0.95 * size[0] * np.cos(turn), 1.05 * size[1] * np.sin(turn)])

    seen = face.landmarks[:, :2].astype(np.float64)
    moved = np.linalg.norm(head.moved_points(FAR, seen) - seen, axis=1)
    bent = np.linalg.norm(head.moved_points(FAR, behind) - behind, axis=1)

    assert bent.max() < 0.25 * moved.max()
