"""A film as the face of the LatentSync engine, on small seeded networks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.latentsync import align
from pipeline.lipsync import FilmLipSync, create, takes_films
from pipeline.lipsync.brows import three_points
from pipeline.lipsync.filmed import source_frame
from pipeline.lipsync.latentsync import LatentSyncEngine
from pipeline.portrait import Pixels
from pipeline.portrait.face_track import FaceTrack
from pipeline.types import EngineName, Speech
from tests import tiny_latentsync
from tests.measure import spoken
from tests.measure.drawn import drawn_face

SIZE_PX = 64


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> LatentSyncEngine:
    weights = tiny_latentsync.write_releases(tmp_path_factory.mktemp("weights"))
    return tiny_latentsync.engine(weights)


def hum(into: Path, seconds: float) -> Speech:
    time_s = np.arange(round(seconds * spoken.RATE_HZ)) / spoken.RATE_HZ
    return spoken.recording(into, 6000.0 * np.sin(2 * np.pi * 190 * time_s))


def film(frames: int, hidden: range = range(0)) -> tuple[list[Pixels], FaceTrack]:
    """Draw a face that moves to the right, and is not seen in some frames."""
    picture, face = drawn_face()
    wide = np.pad(picture, ((0, 0), (0, frames), (0, 0)), mode="edge")
    pictures = [np.ascontiguousarray(np.roll(wide, n, axis=1)) for n in range(frames)]
    landmarks = np.stack([face.landmarks + np.array([n, 0, 0], np.float32) for n in range(frames)])
    landmarks[hidden.start : hidden.stop] = np.nan
    return pictures, FaceTrack(landmarks=landmarks)


def outside(track: FaceTrack, pictures: Sequence[Pixels]) -> list[NDArray[np.bool_]]:
    """Mark in each frame the pixels that its aligned face cannot cover."""
    masks = []
    for frame, picture in enumerate(pictures):
        mask = np.ones(picture.shape[:2], bool)
        landmarks = track.at(frame)
        if landmarks is not None:
            matrix = align.matrices(three_points(landmarks)[None], SIZE_PX)[0]
            size = (picture.shape[1], picture.shape[0])
            box = align.face_box([matrix], SIZE_PX, size)
            # The smoothing moves it a little.
            x0, y0, x1, y1 = max(box[0] - 2, 0), max(box[1] - 2, 0), box[2] + 2, box[3] + 2
            mask[y0:y1, x0:x1] = False
        masks.append(mask)
    return masks


def test_a_film_runs_to_and_fro_and_only_its_face_changes(
    engine: LatentSyncEngine, tmp_path: Path
) -> None:
    pictures, track = film(11)
    free = outside(track, pictures)

    made = list(engine.sync_film(pictures, track, hum(tmp_path / "a.wav", 1.2), 25))

    assert len(made) == 30
    for number, frame in enumerate(made):
        source = source_frame(number, 11)
        assert (frame[free[source]] == pictures[source][free[source]]).all()
        assert (frame != pictures[source]).any()


def test_frames_without_a_face_come_back_untouched(
    engine: LatentSyncEngine, tmp_path: Path
) -> None:
    pictures, track = film(30, hidden=range(8, 21))

    made = list(engine.sync_film(pictures, track, hum(tmp_path / "a.wav", 1.2), 25))

    untouched = [(frame == picture).all() for frame, picture in zip(made, pictures, strict=True)]
    assert untouched == [False] * 8 + [True] * 13 + [False] * 9


def test_a_film_longer_than_the_speech_is_cut(engine: LatentSyncEngine, tmp_path: Path) -> None:
    pictures, track = film(40)

    made = list(engine.sync_film(pictures, track, hum(tmp_path / "a.wav", 0.5), 25))

    assert len(made) == 13


def test_a_film_taken_up_again_is_the_same_film(engine: LatentSyncEngine, tmp_path: Path) -> None:
    pictures, track = film(20, hidden=range(5, 9))
    speech = hum(tmp_path / "a.wav", 1.2)

    whole = list(engine.sync_film(pictures, track, speech, 25))
    rest = list(engine.sync_film(pictures, track, speech, 25, first_frame=17))

    assert len(rest) == 13
    assert all((a == b).all() for a, b in zip(whole[17:], rest, strict=True))


@pytest.mark.parametrize("name", list(EngineName))
def test_which_engines_take_films_is_known_without_making_them(name: EngineName) -> None:
    made = create(name, tiny_latentsync.settings_for(Path("nowhere")))

    assert isinstance(made, FilmLipSync) == takes_films(name)
