"""What every face finder promises. A new one is tested by being listed in ``MESHES``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.portrait import FaceFollower
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.portrait.pose import eye_distance_px, pose_of
from tests import faces

MESHES: list[Callable[[], FaceFollower]] = [MediaPipeMesh]


@pytest.fixture(scope="module", params=MESHES, ids=lambda make: make.__name__)
def mesh(request: pytest.FixtureRequest) -> Iterator[FaceFollower]:
    made = request.param()
    yield made
    made.close()


@pytest.mark.parametrize("path", [faces.hopper(), faces.astronaut()], ids=lambda p: p.stem)
def test_a_portrait_has_one_sure_face_inside_it(mesh: FaceFollower, path: Path) -> None:
    photo = faces.pixels(path)

    (face,) = mesh.find(photo)

    assert face.landmarks.shape == (478, 3)
    assert face.landmarks.dtype == np.float32
    assert (face.landmarks[:, :2] > 0).all()
    assert (face.landmarks[:, :2] < photo.shape[1::-1]).all()
    assert face.score > 0.75


@pytest.mark.parametrize("path", [faces.hopper(), faces.astronaut()], ids=lambda p: p.stem)
def test_the_parts_of_a_face_stand_where_they_belong(mesh: FaceFollower, path: Path) -> None:
    (face,) = mesh.find(faces.pixels(path))

    x, y, z = face.landmarks.T
    assert x[33] < x[468] < x[133] < x[362] < x[473] < x[263]  # eye, iris, eye, from the left
    assert y[10] < y[168] < y[4] < y[0] < y[17] < y[152]  # forehead, bridge, nose, lips, chin
    assert z[4] < z[168] < z[127]  # the nose comes first, the temple last


@pytest.mark.parametrize("path", faces.without_a_face(), ids=lambda p: p.stem)
@pytest.mark.parametrize("quarters", range(4))
def test_where_nobody_is_nobody_is_found(mesh: FaceFollower, path: Path, quarters: int) -> None:
    assert mesh.find(np.rot90(faces.pixels(path), quarters)) == []


def test_a_plain_wall_has_no_face(mesh: FaceFollower) -> None:
    assert mesh.find(np.full((300, 500, 3), 128, np.uint8)) == []


def test_two_faces_come_largest_first(mesh: FaceFollower) -> None:
    smaller, larger = faces.pixels(faces.astronaut(), 500), faces.pixels(faces.hopper(), 500)

    found = mesh.find(faces.on_a_wall(smaller, larger, width_px=1000, height_px=520))

    assert len(found) == 2
    assert found[0].landmarks[:, 0].min() > 500 > found[1].landmarks[:, 0].max()
    assert eye_distance_px(found[0].landmarks) > eye_distance_px(found[1].landmarks)


@pytest.mark.parametrize(("wall_px", "photo_px"), [(1024, 230), (2048, 390)])
def test_a_small_face_in_a_large_photo_is_found(
    mesh: FaceFollower, wall_px: int, photo_px: int
) -> None:
    photo = faces.pixels(faces.astronaut(), photo_px)  # its face is a fifth of it

    (face,) = mesh.find(faces.on_a_wall(photo, width_px=wall_px, height_px=wall_px))

    expected = 59.0 * photo_px / 512
    assert eye_distance_px(face.landmarks) == pytest.approx(expected, rel=0.05)
    assert face.landmarks[168, 0] == pytest.approx(wall_px / 2, abs=photo_px * 0.1)


@pytest.mark.parametrize("tilt_deg", [-60, -30, 30, 60])
def test_a_tilted_head_keeps_its_size_and_shows_its_tilt(
    mesh: FaceFollower, tilt_deg: int
) -> None:
    level = Image.fromarray(faces.pixels(faces.hopper()))
    (straight,) = mesh.find(np.asarray(level))

    (tilted,) = mesh.find(np.asarray(level.rotate(-tilt_deg, Image.Resampling.BICUBIC)))

    turned_deg = pose_of(tilted.landmarks).roll_deg - pose_of(straight.landmarks).roll_deg
    assert turned_deg == pytest.approx(tilt_deg, abs=3)
    assert eye_distance_px(tilted.landmarks) == pytest.approx(
        eye_distance_px(straight.landmarks), rel=0.04
    )


def test_a_larger_copy_has_the_same_mesh_larger(mesh: FaceFollower) -> None:
    (face,) = mesh.find(faces.pixels(faces.hopper(), 600))

    (large,) = mesh.find(faces.pixels(faces.hopper(), 1800))

    difference = large.landmarks[:, :2] / 3 - face.landmarks[:, :2]
    assert np.abs(difference).mean() < 0.01 * eye_distance_px(face.landmarks)


def test_a_face_that_stands_on_its_head_is_not_sure(mesh: FaceFollower) -> None:
    found = mesh.find(np.rot90(faces.pixels(faces.astronaut()), 2))

    assert all(face.score < 0.6 for face in found)


def test_looking_changes_nothing_and_repeats(mesh: FaceFollower) -> None:
    photo = faces.pixels(faces.hopper())
    before = photo.copy()

    (first,), (second,) = mesh.find(photo), mesh.find(photo)

    assert np.array_equal(photo, before)
    assert np.abs(first.landmarks - second.landmarks).max() < 0.01


@pytest.mark.parametrize("moved_px", [0, 12, -25])
def test_a_face_is_followed_to_where_it_moved(mesh: FaceFollower, moved_px: int) -> None:
    photo = faces.pixels(faces.hopper())
    (before,) = mesh.find(photo)

    after = mesh.follow(np.roll(photo, moved_px, axis=1), before.landmarks)

    assert after is not None
    moved = (after.landmarks - before.landmarks)[:, :2].mean(axis=0)
    assert moved == pytest.approx([moved_px, 0], abs=1.5)


def test_a_face_that_is_gone_is_not_followed_to_its_neighbour(mesh: FaceFollower) -> None:
    left, right = faces.pixels(faces.hopper(), 300), faces.pixels(faces.astronaut(), 300)
    wall = faces.on_a_wall(left, right, width_px=640, height_px=320)
    at_left = min(mesh.find(wall), key=lambda face: float(face.landmarks[168, 0]))
    wall[:, :320] = 128

    assert mesh.follow(wall, at_left.landmarks) is None
