"""What every lip-sync engine that can run here keeps."""

from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.lipsync import LipSyncEngine
from pipeline.lipsync.warp import WarpEngine
from tests.measure import spoken
from tests.measure.drawn import drawn_face

WORDS = "| p a m | b iː |"


@pytest.fixture(params=[WarpEngine])
def engine(request: pytest.FixtureRequest) -> LipSyncEngine:
    made: LipSyncEngine = request.param()
    return made


@pytest.mark.parametrize("fps", [25, 30])
def test_there_are_as_many_frames_as_the_speech_needs(engine: LipSyncEngine, fps: int) -> None:
    picture, face = drawn_face()
    speech = spoken.describe(spoken.phones(WORDS))

    frames = list(engine.sync(picture, face, speech, fps))

    assert len(frames) == np.ceil(speech.duration_s * fps)
    assert {frame.shape for frame in frames} == {picture.shape}
    assert {frame.dtype for frame in frames} == {picture.dtype}


def test_frames_come_one_by_one(engine: LipSyncEngine) -> None:
    picture, face = drawn_face()

    frames = engine.sync(picture, face, spoken.describe(spoken.phones(WORDS)), 25)

    assert isinstance(frames, Iterator)
    assert next(frames) is not next(frames)


def test_the_photo_itself_is_left_alone(engine: LipSyncEngine) -> None:
    picture, face = drawn_face()
    before = picture.copy()

    for frame in engine.sync(picture, face, spoken.describe(spoken.phones(WORDS)), 25):
        frame[:] = 0

    assert (picture == before).all()


def test_the_lips_move_and_the_rest_of_the_picture_does_not(engine: LipSyncEngine) -> None:
    picture, face = drawn_face()

    frames = list(engine.sync(picture, face, spoken.describe(spoken.phones(WORDS)), 25))

    moved = np.max([np.abs(f.astype(int) - picture).max(axis=2) for f in frames], axis=0)
    x, y = face.landmarks[14, :2].astype(int)
    assert moved[y - 4 : y + 12, x - 10 : x + 10].max() > 60
    assert not moved[: int(face.landmarks[168, 1])].any()
