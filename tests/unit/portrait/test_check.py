"""Which photos are taken, and why not: the rules, over a face finder that sees what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.portrait import Face, Pixels
from pipeline.portrait.check import check as check_with
from pipeline.portrait.picture import read_picture
from pipeline.portrait.pose import canonical_points
from pipeline.portrait.surface import Surface
from pipeline.settings import PortraitSettings
from pipeline.types import FaceFault, FaceNote, PortraitVerdict
from tests.unit.portrait.drawn import SCENE, corners, encoded, scene, written

LIMITS = PortraitSettings()
PLAIN = Surface(shows_mouth=True, is_drawn=False)
check = partial(check_with, look=lambda picture, landmarks: PLAIN)


def face(
    eyes_px: float = 60, *, yaw_deg: float = 0, roll_deg: float = 0, score: float = 0.9
) -> Face:
    yaw, roll = np.radians([yaw_deg, roll_deg])
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    tilt = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    points = eyes_px * canonical_points() @ (turn @ tilt).T + np.array([120, 60, 0])
    return Face(landmarks=points.astype(np.float32), score=score)


class Seeing:
    """A finder that sees a given list of faces per look, in the order of the looks."""

    def __init__(self, *looks: list[Face]) -> None:
        self.looks = [*looks]
        self.shown: list[Pixels] = []

    def find(self, picture: Pixels) -> Sequence[Face]:
        self.shown.append(picture)
        return self.looks.pop(0) if self.looks else []


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path, encoded(scene(), "PNG"))


def test_a_good_photo_is_written_and_described(source: Path, tmp_path: Path) -> None:
    verdict = check(source, tmp_path / "clean.png", LIMITS, Seeing([face(yaw_deg=12)]))

    assert (verdict.width_px, verdict.height_px) == (240, 160)
    (seen,) = verdict.faces
    assert seen.eye_distance_px == pytest.approx(60, rel=0.01)
    assert seen.yaw_deg == pytest.approx(12, abs=0.1)
    assert (seen.fault, seen.notes) == (None, ())
    box = seen.box
    assert box.x_px < 120 < box.x_px + box.width_px
    assert box.y_px < 60 < box.y_px + box.height_px
    assert corners(read_picture(tmp_path / "clean.png", LIMITS)) == SCENE


def test_a_sure_upright_face_needs_one_look(source: Path, tmp_path: Path) -> None:
    mesh = Seeing([face()])

    check(source, tmp_path / "clean.png", LIMITS, mesh)

    assert len(mesh.shown) == 1


def test_every_face_is_told_in_the_order_of_the_finder(source: Path, tmp_path: Path) -> None:
    verdict = check(source, tmp_path / "clean.png", LIMITS, Seeing([face(60), face(20)]))

    assert len(verdict.faces) == 2
    assert verdict.faces[0].box.width_px == pytest.approx(
        3 * verdict.faces[1].box.width_px, rel=0.01
    )
    assert verdict.speaker.eye_distance_px == pytest.approx(60, rel=0.01)


def test_the_largest_face_that_can_speak_is_chosen(source: Path, tmp_path: Path) -> None:
    seen = [face(90, yaw_deg=60), face(60), face(50), face(20)]

    verdict = check(source, tmp_path / "clean.png", LIMITS, Seeing(seen))

    assert (verdict.chosen, verdict.choices) == (2, (2, 3))
    assert verdict.speaker.eye_distance_px == pytest.approx(60, rel=0.01)
    faults = [one.fault for one in verdict.faces]
    assert faults == [FaceFault.TURNED_AWAY, None, None, FaceFault.TOO_SMALL]


def test_a_chosen_face_speaks_or_is_refused_for_its_own_fault(
    source: Path, tmp_path: Path
) -> None:
    def choose(number: int) -> PortraitVerdict:
        seen = Seeing([face(90), face(60), face(20)])
        return check(source, tmp_path / "clean.png", LIMITS, seen, number)

    assert choose(2).chosen == 2
    with pytest.raises(errors.FaceTooSmall, match="20 px"):
        choose(3)
    for nobody in (0, 4):
        with pytest.raises(errors.NoSuchFace, match=f"Face {nobody} was asked for, and 3"):
            choose(nobody)


@pytest.mark.parametrize(
    ("yaw_deg", "notes"), [(34, ()), (-36, (FaceNote.TURNED,)), (44, (FaceNote.TURNED,))]
)
def test_a_face_far_to_the_side_is_told(
    source: Path, tmp_path: Path, yaw_deg: float, notes: tuple[FaceNote, ...]
) -> None:
    verdict = check(source, tmp_path / "clean.png", LIMITS, Seeing([face(yaw_deg=yaw_deg)]))

    assert verdict.speaker.notes == notes


def test_a_drawn_face_is_taken_with_a_word_and_a_covered_one_is_not(
    source: Path, tmp_path: Path
) -> None:
    def look(surface: Surface) -> PortraitVerdict:
        seen = Seeing([face()])
        return check_with(source, tmp_path / "clean.png", LIMITS, seen, look=lambda *_: surface)

    drawn = look(Surface(shows_mouth=True, is_drawn=True))
    assert (drawn.speaker.fault, drawn.speaker.notes) == (None, (FaceNote.DRAWN,))
    with pytest.raises(errors.FaceCovered, match="without mask or hand"):
        look(Surface(shows_mouth=False, is_drawn=False))


@pytest.mark.parametrize(
    ("seen", "error", "says"),
    [
        ([], errors.NoFaceFound, "No face was found"),
        ([face(39)], errors.FaceTooSmall, "39 px .* 40 px are needed"),
        ([face(yaw_deg=50)], errors.FaceTurnedAway, "50° to the side; up to 45°"),
        ([face(yaw_deg=-50)], errors.FaceTurnedAway, "50° to the side; up to 45°"),
        ([face(39), face(38)], errors.FaceTooSmall, "39 px"),
    ],
)
def test_an_unusable_photo_is_refused_and_nothing_is_written(
    source: Path,
    tmp_path: Path,
    seen: list[Face],
    error: type[errors.PortraitError],
    says: str,
) -> None:
    with pytest.raises(error, match=says):
        check(source, tmp_path / "clean.png", LIMITS, Seeing(seen))

    assert list(tmp_path.iterdir()) == [source]


def test_the_limits_are_those_of_the_settings(source: Path, tmp_path: Path) -> None:
    strict = LIMITS.model_copy(update={"max_yaw_deg": 10.0})

    with pytest.raises(errors.FaceTurnedAway):
        check(source, tmp_path / "clean.png", strict, Seeing([face(yaw_deg=12)]))


def test_a_face_seen_only_after_a_turn_turns_the_photo(source: Path, tmp_path: Path) -> None:
    mesh = Seeing([], [], [], [face()], [face()])

    verdict = check(source, tmp_path / "clean.png", LIMITS, mesh)

    assert (verdict.width_px, verdict.height_px) == (160, 240)
    written_picture = read_picture(tmp_path / "clean.png", LIMITS)
    assert np.array_equal(written_picture, np.rot90(mesh.shown[0], 3))


def test_a_face_on_its_side_turns_the_photo(source: Path, tmp_path: Path) -> None:
    mesh = Seeing([face(roll_deg=90)], [face()], [face(roll_deg=-90)], [], [face()])

    verdict = check(source, tmp_path / "clean.png", LIMITS, mesh)

    assert (verdict.width_px, verdict.height_px) == (160, 240)


def test_the_surest_turn_wins(source: Path, tmp_path: Path) -> None:
    upside_down = face(score=0.35)
    sideways, other_side = [face(roll_deg=90)], [face(roll_deg=-90)]
    mesh = Seeing([upside_down], sideways, [face(30)], other_side, [face(70)])

    verdict = check(source, tmp_path / "clean.png", LIMITS, mesh)

    assert verdict.speaker.eye_distance_px == pytest.approx(70, rel=0.01)
    assert np.array_equal(read_picture(tmp_path / "clean.png", LIMITS), np.rot90(mesh.shown[0], 2))


def test_an_unsure_upright_face_is_not_turned_for_little(source: Path, tmp_path: Path) -> None:
    mesh = Seeing([face(score=0.4)], [], [face(70, score=0.45)], [])

    verdict = check(source, tmp_path / "clean.png", LIMITS, mesh)

    assert verdict.speaker.eye_distance_px == pytest.approx(60, rel=0.01)
    assert verdict.width_px == 240


def test_a_turned_photo_is_tried_small_and_kept_large(tmp_path: Path) -> None:
    source = written(tmp_path, encoded(scene(2000, 1400), "PNG"))
    mesh = Seeing([], [face()], [], [], [face()])

    verdict = check(source, tmp_path / "clean.png", LIMITS, mesh)

    assert [max(shown.shape) for shown in mesh.shown] == [2000, 900, 900, 900, 2000]
    assert (verdict.width_px, verdict.height_px) == (1400, 2000)
