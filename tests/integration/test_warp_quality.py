"""The warp engine on real faces: what a decoded video really shows."""

from pathlib import Path

import pytest

from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.types import Motion
from tests import faces
from tests.measure import report, spoken

CASES = {
    "hopper": (faces.hopper, Motion.OFF),
    "astronaut": (faces.astronaut, Motion.OFF),
    "hopper in lively motion": (faces.hopper, Motion.LIVELY),
}


@pytest.fixture(scope="module", params=list(CASES))
def seen(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> report.Report:
    folder: Path = tmp_path_factory.mktemp("warp")
    person, motion = CASES[request.param]
    photo = faces.pixels(person())
    mesh = MediaPipeMesh()
    try:
        picture, face = frame_portrait(photo, mesh.find(photo)[0], 512)
        speech = spoken.speech(folder / "speech.wav")
        return report.measure(picture, face, speech, mesh, folder / "seen.mp4", motion)
    finally:
        mesh.close()


def test_lips_follow_the_intended_opening_without_delay(seen: report.Report) -> None:
    assert seen.sync.lag == 0
    assert seen.sync.r >= 0.96


def test_lips_close_on_p_b_and_m(seen: report.Report) -> None:
    assert seen.bilabials >= 16
    assert seen.closed == seen.bilabials


def test_lips_rest_in_silence(seen: report.Report) -> None:
    assert seen.silence_gap_e < 0.01


def test_the_mouth_neither_freezes_nor_gapes(seen: report.Report) -> None:
    assert seen.gap_spread_e > 0.02
    assert seen.greatest_gap_e < 0.22


def test_pixels_outside_what_may_move_are_untouched_before_encoding(seen: report.Report) -> None:
    assert seen.outside_region_is_exact


def test_the_rest_of_the_face_and_the_background_stay_still(seen: report.Report) -> None:
    """With motion: once the head is moved back."""
    assert seen.outside_face_psnr_db >= 38.0
    assert seen.border_step < 1.0


def test_the_first_and_the_last_frame_are_the_photo(seen: report.Report) -> None:
    assert seen.ends_error == 0


def test_picture_and_sound_have_the_same_length(seen: report.Report) -> None:
    assert abs(seen.picture_s - seen.sound_s) <= 1 / report.FPS
    assert seen.frames == seen.frames_wanted
