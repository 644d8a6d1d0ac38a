"""Idle motion as both engines use it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.lipsync.brows import three_points
from pipeline.lipsync.motion import IdleMotion
from pipeline.lipsync.seen import seen_still
from pipeline.lipsync.warp import WarpEngine
from pipeline.portrait import Face, Pixels
from pipeline.types import Motion
from tests.measure import spoken
from tests.measure.drawn import drawn_face
from tests.unit.lipsync.test_eyelid import with_eyes

FPS = 25


def idle(
    picture: Pixels, face: Face, amount: Motion = Motion.LIVELY, seed: int = 1, frames: int = 120
) -> IdleMotion:
    beats = 0.3 * np.sin(np.arange(frames))
    return IdleMotion(picture, face, emphasis=beats, fps=FPS, seed=seed, amount=amount)


@pytest.mark.parametrize("amount", list(Motion))
def test_the_first_and_the_last_frame_are_the_photo(amount: Motion) -> None:
    picture, face = with_eyes(256)
    motion = idle(picture, face, amount)

    np.testing.assert_array_equal(motion.frame(0), picture)
    np.testing.assert_array_equal(motion.frame(len(motion) - 1), picture)


def test_off_is_the_photo_throughout() -> None:
    picture, face = with_eyes(256)
    motion = idle(picture, face, Motion.OFF)
    points = face.landmarks[:, :2].astype(np.float64)

    assert motion.is_still
    for index in range(len(motion)):
        np.testing.assert_array_equal(motion.frame(index), picture)
        np.testing.assert_array_equal(motion.moved_points(index, points), points)


def test_lively_moves_more_than_subtle_and_both_blink() -> None:
    picture, face = with_eyes(256)
    points = face.landmarks[:, :2].astype(np.float64)

    far = {}
    for amount in (Motion.SUBTLE, Motion.LIVELY):
        motion = idle(picture, face, amount)
        far[amount] = max(
            np.abs(motion.moved_points(i, points) - points).max() for i in range(120)
        )
        assert motion.can_blink
        assert motion.closed.max() > 0.9

    assert far[Motion.LIVELY] > 1.5 * far[Motion.SUBTLE] > 0.5


def test_the_same_seed_gives_the_same_frames_and_another_does_not() -> None:
    picture, face = with_eyes(256)

    first, again, other = (idle(picture, face, seed=seed).frame(60) for seed in (1, 1, 2))

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_frames_are_new_pictures_and_the_photo_is_left_alone() -> None:
    picture, face = with_eyes(256)
    before = picture.copy()
    motion = idle(picture, face)

    for index in (0, 30, 60):
        motion.frame(index)[:] = 0

    np.testing.assert_array_equal(picture, before)


def test_both_engines_move_a_still_the_same_way(tmp_path: Path) -> None:
    """Warp's silent frames are the pictures that LatentSync is shown, points and all."""
    picture, face = with_eyes(256)
    hush = spoken.speech(tmp_path / "hush.wav", spoken.phones("| | | | |"))

    warped = list(WarpEngine().sync(picture, face, hush, FPS, Motion.LIVELY))
    seen = seen_still(picture, face, hush, FPS, Motion.LIVELY)

    assert len(warped) == len(seen.frames) == len(seen.points) > 50
    assert max((still != picture).mean() for still in seen.frames) > 0.02
    for frame, still in zip(warped, seen.frames, strict=True):
        assert (np.abs(frame.astype(int) - still).max(axis=2) > 8).mean() < 0.002
    np.testing.assert_allclose(seen.points[0], three_points(face.landmarks), atol=1e-6)
    assert np.abs(seen.points - seen.points[0]).max() > 0.5


def test_a_mark_on_the_photo_is_found_where_moved_points_puts_it() -> None:
    picture, face = drawn_face(512)
    places = face.landmarks[[9, 205, 425], :2].astype(np.float64)
    for x, y in np.round(places).astype(int):
        cv2.circle(picture, (int(x), int(y)), 5, (0, 0, 255), -1)
    motion = idle(picture, face)

    for index in (25, 50, 75):
        blue = motion.frame(index)[..., 2].astype(float) - motion.frame(index)[..., 0]
        for x, y in motion.moved_points(index, np.round(places)):
            rows, columns = np.mgrid[0:512, 0:512]
            near = np.clip(blue, 0, None) * (np.hypot(columns - x, rows - y) < 12)
            seen = np.array([(near * columns).sum(), (near * rows).sum()]) / near.sum()
            np.testing.assert_allclose(seen, (x, y), atol=0.2)


@pytest.mark.parametrize("size_px", [100, 112, 128, 160, 200])
def test_a_small_face_is_no_error(size_px: int) -> None:
    picture, face = with_eyes(size_px)
    motion = idle(picture, face)
    shut = int(motion.closed.argmax())

    assert motion.can_blink
    assert (motion.frame(shut) != picture).any()


def test_a_tiny_face_moves_but_does_not_blink() -> None:
    picture, face = drawn_face(64)

    motion = idle(picture, face)

    assert not motion.can_blink
    assert motion.frame(60).shape == picture.shape


@pytest.mark.parametrize("shift_px", [(-80, 0), (90, 0), (0, -70), (0, 130), (-110, -70)])
def test_a_face_cut_by_the_edge_of_the_photo_is_no_error(shift_px: tuple[int, int]) -> None:
    picture, face = with_eyes(256)
    picture = np.roll(picture, shift_px[::-1], axis=(0, 1))
    away = face.landmarks.copy()
    away[:, :2] += shift_px
    motion = idle(picture, Face(landmarks=away, score=1.0))

    for index in (30, 45, 60):
        assert motion.frame(index).shape == picture.shape


def test_a_lens_that_glares_stops_both_eyes_from_blinking() -> None:
    picture, face = with_eyes(512)
    x, y = face.landmarks[[33, 133, 159, 145], :2].mean(axis=0).astype(int)
    picture[y - 14 : y + 14, x - 24 : x + 24] = 255

    assert not idle(picture, face).can_blink


def test_behind_a_hand_no_lid_is_drawn_and_the_other_eye_blinks() -> None:
    picture, face = with_eyes(512)
    x, y = face.landmarks[[33, 133, 159, 145], :2].mean(axis=0).astype(int)
    hand = (slice(y - 40, y + 40), slice(x - 40, x + 40))
    picture[hand] = (225, 185, 160)
    motion = idle(picture, face)
    shut = picture.copy()

    motion.blink(shut, int(motion.closed.argmax()))

    assert motion.can_blink
    np.testing.assert_array_equal(shut[hand], picture[hand])
    assert (shut != picture).any()
