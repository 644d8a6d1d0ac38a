"""Real photos through the whole check, with the real face finder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline import errors
from pipeline.portrait import Pixels
from pipeline.portrait.check import check
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.portrait.pose import eye_distance_px, pose_of
from pipeline.settings import PortraitSettings
from pipeline.types import FaceNote, PortraitVerdict
from tests import faces
from tests.measure import coverings

LIMITS = PortraitSettings()
BOTH = pytest.mark.parametrize("path", [faces.hopper(), faces.astronaut()], ids=lambda p: p.stem)


@pytest.fixture(scope="module")
def mesh() -> Iterator[MediaPipeMesh]:
    made = MediaPipeMesh()
    yield made
    made.close()


class Clean:
    """A photo on its way through the check."""

    def __init__(self, folder: Path, mesh: MediaPipeMesh) -> None:
        self.source, self.into, self.mesh = folder / "photo", folder / "clean.png", mesh

    def check(self, photo: Pixels, *, orientation: int | None = None) -> PortraitVerdict:
        exif = Image.Exif()
        if orientation is not None:
            exif[0x0112] = orientation
        Image.fromarray(photo).save(self.source, "JPEG", quality=92, exif=exif)
        return check(self.source, self.into, LIMITS, self.mesh)


@pytest.fixture
def clean(tmp_path: Path, mesh: MediaPipeMesh) -> Clean:
    return Clean(tmp_path, mesh)


@BOTH
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_photo_that_lies_on_its_side_is_put_upright(
    clean: Clean, path: Path, quarters: int
) -> None:
    photo = faces.pixels(path)

    verdict = clean.check(np.rot90(photo, quarters))

    assert (verdict.height_px, verdict.width_px) == photo.shape[:2]
    upright = faces.pixels(clean.into)
    assert np.abs(upright.astype(int) - photo).mean() < 6
    assert len(verdict.faces) == 1


@BOTH
@pytest.mark.parametrize(("orientation", "quarters"), [(6, 1), (3, 2), (8, 3)])
def test_a_photo_with_a_camera_note_is_put_upright(
    clean: Clean, path: Path, orientation: int, quarters: int
) -> None:
    photo = faces.pixels(path)

    verdict = clean.check(np.rot90(photo, quarters), orientation=orientation)

    assert (verdict.height_px, verdict.width_px) == photo.shape[:2]
    assert np.abs(faces.pixels(clean.into).astype(int) - photo).mean() < 6


def test_two_people_are_both_told_the_largest_first(clean: Clean) -> None:
    left, right = faces.pixels(faces.astronaut(), 500), faces.pixels(faces.hopper(), 500)

    verdict = clean.check(faces.on_a_wall(left, right, width_px=1000, height_px=520))

    first, second = (face.box for face in verdict.faces)
    assert first.x_px > 500 > second.x_px + second.width_px
    assert first.width_px * first.height_px > second.width_px * second.height_px
    assert verdict.speaker.eye_distance_px == pytest.approx(118 * 500 / 600, rel=0.05)


def test_a_small_face_is_found_and_becomes_a_portrait(clean: Clean, mesh: MediaPipeMesh) -> None:
    photo = faces.pixels(faces.astronaut(), 400)

    verdict = clean.check(faces.on_a_wall(photo, width_px=1600, height_px=1200))

    assert verdict.speaker.eye_distance_px == pytest.approx(46, rel=0.05)
    upright = faces.pixels(clean.into)
    (face,) = mesh.find(upright)
    framed, moved = frame_portrait(upright, face, 512)
    (again,) = mesh.find(framed)
    assert np.abs(again.landmarks - moved.landmarks)[:, :2].mean() < 2
    assert eye_distance_px(again.landmarks) == pytest.approx(115, rel=0.05)


def test_a_tiny_face_is_told_as_tiny(clean: Clean) -> None:
    photo = faces.pixels(faces.hopper(), 150)

    with pytest.raises(errors.FaceTooSmall, match="30 px"):
        clean.check(faces.on_a_wall(photo, width_px=1000, height_px=1000))
    assert not clean.into.exists()


@pytest.mark.parametrize("path", faces.without_a_face(), ids=lambda p: p.stem)
def test_a_photo_of_a_thing_has_no_face(clean: Clean, path: Path) -> None:
    with pytest.raises(errors.NoFaceFound):
        clean.check(faces.pixels(path))


def test_a_face_from_the_side_is_told_as_turned_away(clean: Clean) -> None:
    with pytest.raises(errors.FaceTurnedAway):
        clean.check(faces.pixels(faces.profile()))


@BOTH
@pytest.mark.parametrize("size_px", [384, 512, 768])
def test_a_framed_face_is_found_where_its_landmarks_say(
    mesh: MediaPipeMesh, path: Path, size_px: int
) -> None:
    photo = faces.pixels(path)
    (face,) = mesh.find(photo)

    framed, moved = frame_portrait(photo, face, size_px)

    (again,) = mesh.find(framed)
    assert max(framed.shape) == size_px
    distance = np.abs(again.landmarks - moved.landmarks)[:, :2].mean()
    assert distance < 0.01 * eye_distance_px(moved.landmarks)
    assert abs(pose_of(moved.landmarks).yaw_deg) < 5


@BOTH
@pytest.mark.parametrize("cover", [*coverings.MASKS, "hand"])
def test_a_covered_mouth_is_refused(clean: Clean, path: Path, cover: str) -> None:
    photo = faces.pixels(path)
    (face,) = clean.mesh.find(photo)
    if cover == "hand":
        covered = coverings.behind_a_hand(photo, face)
    else:
        covered = coverings.masked(photo, face, coverings.MASKS[cover])

    with pytest.raises(errors.FaceCovered, match="without mask or hand"):
        clean.check(covered)


@BOTH
@pytest.mark.parametrize("height_px", [None, 300])
def test_a_photo_is_neither_covered_nor_drawn(
    clean: Clean, path: Path, height_px: int | None
) -> None:
    photo = faces.pixels(path)
    if height_px is not None and path == faces.hopper():
        photo = faces.pixels(path, height_px)

    verdict = clean.check(photo)

    assert (verdict.speaker.fault, verdict.speaker.notes) == (None, ())


@BOTH
def test_a_drawing_is_taken_with_a_word(clean: Clean, path: Path) -> None:
    Image.fromarray(coverings.posterised(faces.pixels(path))).save(clean.source, "PNG")

    verdict = check(clean.source, clean.into, LIMITS, clean.mesh)

    assert verdict.speaker.notes == (FaceNote.DRAWN,)
