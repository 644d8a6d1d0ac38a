"""A lid over a drawn eye: covers it, keeps to it, and changes nothing while it is up."""

import cv2
import numpy as np
import pytest

from pipeline.lipsync.eye import LEFT, RIGHT, Column, EyeShape, Lids, eye_shape
from pipeline.lipsync.eyelid import Eyelid
from pipeline.lipsync.hood import Hood
from pipeline.lipsync.lashes import is_covered, is_hidden, lashes_of
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import pose_of
from tests.measure.drawn import SKIN, drawn_face

WHITE, IRIS, FRAME = (225, 225, 225), (40, 90, 40), (15, 15, 20)


def with_eyes(size_px: int = 512, *, frame: bool = False) -> tuple[Pixels, Face]:
    """Draw a face with open eyes, and a spectacle frame close above them if asked."""
    picture, face = drawn_face(size_px)
    for lids in (LEFT, RIGHT):
        points = face.landmarks[list(lids.upper + lids.lower[::-1]), :2]
        x, y = points.mean(axis=0).astype(int)
        cv2.fillPoly(picture, [np.round(points).astype(np.int32)], WHITE)
        cv2.circle(picture, (int(x), int(y)), size_px // 64, IRIS, -1)
        upper = np.round(face.landmarks[list(lids.upper), :2]).astype(np.int32)
        cv2.polylines(picture, [upper], False, (60, 40, 30), max(1, size_px // 200))
        if frame:
            above = upper - (0, round(size_px * 0.014))
            cv2.polylines(picture, [above], False, FRAME, max(2, size_px // 80))
    return picture, face


CHEEK = np.full((20, 20, 3), SKIN, np.uint8)


def shape_of(picture: Pixels, face: Face, lids: Lids = LEFT) -> EyeShape:
    e_px = pose_of(face.landmarks).scale_px
    eye = eye_shape(face.landmarks, lids, e_px, picture.shape)
    assert eye is not None
    return eye


def lid_of(picture: Pixels, face: Face, lids: Lids = LEFT) -> tuple[Eyelid, EyeShape]:
    eye = shape_of(picture, face, lids)
    return Eyelid(picture, eye, CHEEK), eye


@pytest.mark.parametrize("size_px", [256, 512, 1024])
def test_a_shut_lid_leaves_nothing_of_the_eye(size_px: int) -> None:
    picture, face = with_eyes(size_px)
    lid, eye = lid_of(picture, face)
    shut = picture.copy()

    lid.close(shut, 1.0)

    inside = (eye.above < -1) & (eye.above > -0.75 * eye.opening) & (eye.opening > 4)
    seen = shut[eye.box][inside].astype(int)
    assert np.abs(seen.mean(axis=0) - SKIN).max() < 25
    assert seen.max(axis=1).mean() < 215, "no white is left"


def test_a_lid_that_is_up_changes_nothing_and_one_that_starts_hardly_anything() -> None:
    picture, face = with_eyes()
    lid, eye = lid_of(picture, face)
    up, starting = picture.copy(), picture.copy()

    lid.close(up, 0.0)
    lid.close(starting, 0.01)

    np.testing.assert_array_equal(up, picture)
    assert np.abs(starting[eye.box].astype(int) - picture[eye.box]).mean() < 1.0


def test_half_way_down_the_lower_half_of_the_eye_is_still_seen() -> None:
    picture, face = with_eyes()
    lid, eye = lid_of(picture, face)
    half = picture.copy()

    lid.close(half, 0.5)

    wide = eye.opening > 0.8 * eye.opening.max()
    lower = wide & (eye.above < -0.66 * eye.opening) & (eye.above > -0.76 * eye.opening)
    upper = wide & (eye.above < -0.05 * eye.opening) & (eye.above > -0.25 * eye.opening)
    assert (
        half[eye.box][lower].max(axis=1).mean() > 0.8 * picture[eye.box][lower].max(axis=1).mean()
    )
    assert np.abs(half[eye.box][upper].astype(int).mean(axis=0) - SKIN).max() < 30


def test_only_the_box_around_the_eye_is_touched() -> None:
    picture, face = with_eyes()
    lid, eye = lid_of(picture, face)
    shut = picture.copy()

    lid.close(shut, 1.0)

    outside = np.ones(picture.shape[:2], bool)
    outside[eye.box] = False
    np.testing.assert_array_equal(shut[outside], picture[outside])


def test_a_spectacle_frame_is_never_covered() -> None:
    picture, face = with_eyes(1024, frame=True)
    frame_only = (picture == FRAME).all(axis=2)
    assert frame_only.any()

    for lids in (LEFT, RIGHT):
        lid, _ = lid_of(picture, face, lids)
        for share in (0.2, 0.6, 1.0):
            shut = picture.copy()
            lid.close(shut, share)
            changed = np.abs(shut.astype(int) - picture).max(axis=2)
            assert (changed[frame_only] > 25).mean() < 0.01


def test_a_glaring_lens_hides_the_eye() -> None:
    picture, face = with_eyes()
    eye = shape_of(picture, face)
    glaring = picture.copy()
    glaring[eye.box][eye.inside] = 255

    assert not is_hidden(picture, eye, CHEEK)
    assert is_hidden(glaring, eye, CHEEK)


def test_dark_glass_hides_the_eye() -> None:
    picture, face = with_eyes()
    eye = shape_of(picture, face)
    picture[eye.box] = 20

    assert is_hidden(picture, eye, CHEEK)


def test_an_eye_outside_the_picture_has_no_shape() -> None:
    picture, face = with_eyes(256)
    away = face.landmarks.copy()
    away[:, 0] += 1000

    assert eye_shape(away, LEFT, 64.0, picture.shape) is None


def test_a_shut_eye_is_not_open() -> None:
    picture, face = with_eyes(256)
    shut = face.landmarks.copy()
    shut[list(LEFT.upper)] = shut[list(LEFT.lower)]

    assert shape_of(picture, face).is_open
    assert not shape_of(picture, Face(landmarks=shut, score=1.0)).is_open


@pytest.mark.parametrize("size_px", [512, 1024])
def test_a_shut_eye_is_a_thin_line_not_a_ribbon(size_px: int) -> None:
    picture, face = with_eyes(size_px)
    e_px = pose_of(face.landmarks).scale_px
    lashes = np.round(face.landmarks[list(LEFT.upper), :2]).astype(np.int32)
    cv2.polylines(picture, [lashes], False, (60, 40, 30), round(0.09 * e_px))
    lid, eye = lid_of(picture, face)
    shut = picture.copy()

    lid.close(shut, 1.0)

    luma = shut[eye.box].astype(float).mean(axis=2)
    middle = int(np.argmax(eye.opening.max(axis=0)))
    column = luma[:, middle]
    dark = column < 0.7 * np.median(column)
    assert dark.any(), "there is a line"
    assert dark.sum() < 0.025 * e_px


def test_a_lid_has_the_colour_of_the_skin_above_and_below_it() -> None:
    picture, face = with_eyes()
    eye = shape_of(picture, face)
    around = picture[eye.box]
    skin = (around == SKIN).all(axis=2)
    reddened = np.where(skin[..., None], (200, 110, 90), around).astype(np.uint8)
    picture[eye.box] = reddened

    lid, _ = lid_of(picture, face)
    shut = picture.copy()
    lid.close(shut, 1.0)

    inside = (eye.above < -1) & (eye.above > -0.6 * eye.opening) & (eye.opening > 4)
    assert np.abs(shut[eye.box][inside].mean(axis=0) - (200, 110, 90)).max() < 20


def test_a_dark_fold_above_shades_the_lid_below_it() -> None:
    picture, face = with_eyes(1024)
    eye = shape_of(picture, face)
    e_px = pose_of(face.landmarks).scale_px
    shaded = picture.copy()
    fold = (eye.above > 0.07 * e_px) & (eye.above < 0.14 * e_px)
    shaded[eye.box][fold] = (0.5 * picture[eye.box][fold]).astype(np.uint8)

    means = []
    for photo in (picture, shaded):
        lid, _ = lid_of(photo, face)
        shut = photo.copy()
        lid.close(shut, 1.0)
        just_below = (eye.above < 0) & (eye.above > -0.3 * eye.opening) & (eye.opening > 4)
        means.append(shut[eye.box][just_below].mean())

    assert means[1] < means[0] - 3


def under_a_brow(size_px: int = 1024) -> tuple[Pixels, Face]:
    """Draw a face with dark brows that almost touch thick lashes."""
    picture, face = with_eyes(size_px)
    e_px = pose_of(face.landmarks).scale_px
    for lids in (LEFT, RIGHT):
        lashes = np.round(face.landmarks[list(lids.upper), :2]).astype(np.int32)
        cv2.polylines(picture, [lashes], False, (60, 40, 30), round(0.06 * e_px))
        eye = shape_of(picture, face, lids)
        brow = (eye.above > 0.042 * e_px) & (eye.above < 0.2 * e_px)
        picture[eye.box][brow] = (40, 30, 25)
    return picture, face


def rows_downwards(frame: Pixels, eye: EyeShape, from_e: float, to_e: float) -> Column:
    """Return the mean of each row in the middle of the eye, between two heights above its lid."""
    middle = int(np.argmax(eye.opening.max(axis=0)))
    reach = max(1, round(0.02 * eye.e_px))
    near = frame[eye.box][:, middle - reach : middle + reach].mean(axis=(1, 2))
    above_e = eye.above[:, middle] / eye.e_px
    return np.asarray(near[(above_e < from_e) & (above_e > to_e)], np.float32)


def test_under_a_heavy_brow_no_rest_of_lashes_outlines_a_shut_eye() -> None:
    picture, face = under_a_brow()
    lid, eye = lid_of(picture, face)
    shut = picture.copy()

    lid.close(shut, 1.0)

    band = (eye.above > 0) & (eye.above < 0.02 * eye.e_px)
    band &= eye.opening > 0.8 * eye.opening.max()
    before, after = (frame[eye.box][band].mean() for frame in (picture, shut))
    assert before < 70
    assert after > 0.5 * np.mean(SKIN), "in the shade of the brow, with the crease"
    rows = rows_downwards(shut, eye, 0.025, -0.05)
    assert (rows > 0.85 * np.maximum.accumulate(rows)).all(), "there is no dark line"


def test_under_a_heavy_brow_a_shut_lid_is_creased_and_round() -> None:
    picture, face = under_a_brow()
    eye = shape_of(picture, face)
    light = Hood(eye, lashes_of(picture, eye)).light(eye.travel)

    middle = int(np.argmax(eye.opening.max(axis=0)))
    depth = -eye.above[:, middle] / eye.travel[:, middle]
    column = light[:, middle]
    ball = column[(depth > 0.3) & (depth < 0.6)].mean()
    corners = light[(eye.opening > 0.5 * eye.opening.max()) & (np.abs(eye.inwards - 0.5) > 0.3)]
    crease = column[(depth > -0.4) & (depth < 0.2)].min()
    assert crease < -0.2, "by the edge of the open lid"
    assert ball > crease + 0.2
    assert corners.mean() < ball - 0.1


def test_where_no_brow_is_heavy_a_lid_has_no_crease() -> None:
    picture, face = with_eyes(1024)
    eye = shape_of(picture, face)
    hood = Hood(eye, lashes_of(picture, eye))

    assert not hood.light(eye.travel).any()
    assert (hood.grain == 1).all()


@pytest.mark.parametrize("hand", [SKIN, (235, 205, 185), (130, 95, 75)])
def test_an_eye_behind_a_hand_is_covered(hand: tuple[int, int, int]) -> None:
    picture, face = with_eyes()
    eye = shape_of(picture, face)
    behind = picture.copy()
    behind[eye.box] = hand

    assert not is_covered(picture, eye, CHEEK)
    assert is_covered(behind, eye, CHEEK)
