"""What every lip-sync engine that can run here keeps."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.lipsync import LipSyncEngine
from pipeline.lipsync.warp import WarpEngine
from pipeline.portrait.pose import pose_of
from pipeline.types import Speech
from tests.measure import spoken
from tests.measure.drawn import drawn_face

WORDS = "| p a m | b iː |"
REACH_E = 0.6
"""How far beyond the face an engine may touch the picture, in distances of the eyes."""

Make = Callable[[Path], LipSyncEngine]


def warp(folder: Path) -> LipSyncEngine:
    return WarpEngine()


def latentsync(folder: Path) -> LipSyncEngine:
    from tests import tiny_latentsync

    return tiny_latentsync.engine(tiny_latentsync.write_releases(folder))


NEEDS_TORCH = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="torch is not installed"
)


@pytest.fixture(params=[warp, pytest.param(latentsync, marks=NEEDS_TORCH)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> LipSyncEngine:
    make: Make = request.param
    return make(tmp_path / "weights")


@pytest.fixture
def speech(tmp_path: Path) -> Speech:
    return spoken.speech(tmp_path / "speech.wav", spoken.phones(WORDS))


@pytest.mark.parametrize("fps", [25, 30])
def test_there_are_as_many_frames_as_the_speech_needs(
    engine: LipSyncEngine, speech: Speech, fps: int
) -> None:
    picture, face = drawn_face()

    frames = list(engine.sync(picture, face, speech, fps))

    assert len(frames) == np.ceil(speech.duration_s * fps)
    assert {frame.shape for frame in frames} == {picture.shape}
    assert {frame.dtype for frame in frames} == {picture.dtype}


def test_frames_come_one_by_one(engine: LipSyncEngine, speech: Speech) -> None:
    picture, face = drawn_face()

    frames = engine.sync(picture, face, speech, 25)

    assert isinstance(frames, Iterator)
    assert next(frames) is not next(frames)


def test_a_broken_film_goes_on_with_the_same_frames(engine: LipSyncEngine, speech: Speech) -> None:
    picture, face = drawn_face()
    whole = list(engine.sync(picture, face, speech, 25))

    rest = list(engine.sync(picture, face, speech, 25, first_frame=18))

    np.testing.assert_array_equal(np.stack(rest), np.stack(whole[18:]))
    assert list(engine.sync(picture, face, speech, 25, first_frame=len(whole))) == []


def test_the_photo_itself_is_left_alone(engine: LipSyncEngine, speech: Speech) -> None:
    picture, face = drawn_face()
    before = picture.copy()

    for frame in engine.sync(picture, face, speech, 25):
        frame[:] = 0

    assert (picture == before).all()


def test_the_lips_move_and_the_rest_of_the_picture_does_not(
    engine: LipSyncEngine, speech: Speech
) -> None:
    picture, face = drawn_face()

    frames = list(engine.sync(picture, face, speech, 25))

    moved = np.max([np.abs(f.astype(int) - picture).max(axis=2) for f in frames], axis=0)
    x, y = face.landmarks[14, :2].astype(int)
    assert moved[y - 4 : y + 12, x - 10 : x + 10].max() > 60
    reach = REACH_E * pose_of(face.landmarks).scale_px
    left, top = (face.landmarks[:, :2].min(axis=0) - reach).clip(0).astype(int)
    right, bottom = (face.landmarks[:, :2].max(axis=0) + reach).astype(int)
    moved[top:bottom, left:right] = 0
    assert not moved.any()


def test_no_sound_at_all_is_no_speech(engine: LipSyncEngine, tmp_path: Path) -> None:
    picture, face = drawn_face()
    nothing = spoken.recording(tmp_path / "nothing.wav", np.zeros(0))

    with pytest.raises(errors.NoSpeechFound):
        list(engine.sync(picture, face, nothing, 25))
