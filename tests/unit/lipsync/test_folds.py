"""Folds beside the mouth: they live with it, and a beard is no fold."""

import cv2
import numpy as np
import pytest

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync.folds import LINES, Folds, depth_of
from pipeline.lipsync.layers import region_around
from pipeline.portrait import Face, Pixels
from tests.measure.drawn import drawn_face

E_PX = 64.0
REST = (0.0, 0.0)
OPEN, WIDE, ROUND = (0.155, 0.0), (0.03, 0.08), (0.05, -0.08)


def weights(mouth: tuple[float, float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array([1, *mouth, 0, 0, 0], np.float32)


def folds_of(picture: Pixels, face: Face) -> Folds:
    bounds = face.landmarks[list(lips.LOWER_FACE), :2].astype(np.float64)
    size = (picture.shape[1], picture.shape[0])
    return Folds(picture, face.landmarks, region_around(bounds, E_PX, (0.3, 0.3, 0.5), size), E_PX)


def creased() -> tuple[Pixels, Face, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    picture, face = drawn_face()
    line = np.zeros(picture.shape[:2], np.uint8)
    for fold in LINES[:2]:
        at = np.round(face.landmarks[list(fold[1:5]), :2]).astype(np.int32)
        cv2.polylines(line, [at], False, (1,), 2)
    lined = picture.copy()
    lined[line > 0] = (0.6 * picture[line > 0]).astype(np.uint8)
    return lined, face, line > 0


@pytest.mark.parametrize("mouth", [OPEN, WIDE, ROUND])
def test_a_closed_mouth_leaves_the_photo_as_it_is(mouth: tuple[float, float]) -> None:
    picture, face, _ = creased()
    folds = folds_of(picture, face)

    assert (folds.of(picture, weights(REST)) == picture).all()
    assert (folds.of(picture, weights(mouth)) != picture).any()


def test_folds_are_deeper_in_a_wide_mouth_and_shallower_in_an_open_or_round_one() -> None:
    picture, face, line = creased()
    folds = folds_of(picture, face)

    rest, wide, opened, rounded = (
        folds.of(picture, weights(mouth))[line].mean() for mouth in (REST, WIDE, OPEN, ROUND)
    )

    assert wide < rest - 3
    assert opened > rest + 3
    assert rounded > rest + 3


def test_no_mouth_takes_a_fold_away() -> None:
    most = max(-depth_of(weights((gap, -0.15))) for gap in (0.0, 0.1, 0.2))

    assert most < 0.6


def test_smooth_skin_is_not_lax_and_lined_skin_is() -> None:
    plain, face = drawn_face()
    lined, _, _ = creased()

    assert folds_of(plain, face).laxity < 0.2
    assert folds_of(lined, face).laxity > folds_of(plain, face).laxity + 0.05


def test_the_dark_between_the_hairs_of_a_beard_is_left_alone() -> None:
    picture, face, line = creased()
    rng = np.random.default_rng(0)
    around = cv2.dilate(line.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    hairs = np.where(rng.random(picture.shape[:2]) < 0.5, 40, 130).astype(np.uint8)
    bearded = np.where(around[..., None], hairs[..., None], picture)

    changed = folds_of(bearded, face).of(bearded, weights(ROUND)).astype(int) - bearded

    assert np.abs(changed[line]).mean() < 4
