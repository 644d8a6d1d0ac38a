"""What the LatentSync engine promises beyond its port, on small seeded networks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.latentsync import LatentSync, align
from pipeline.latentsync.releases import Release
from pipeline.lipsync.brows import three_points
from pipeline.lipsync.latentsync import LONGEST_S, LatentSyncEngine
from pipeline.lipsync.seen import seen_still
from pipeline.portrait import Face, Pixels
from pipeline.types import Motion, Speech
from tests import tiny_latentsync
from tests.measure import spoken
from tests.measure.drawn import drawn_face


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_latentsync.write_releases(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def engine(weights: Path) -> LatentSyncEngine:
    return tiny_latentsync.engine(weights)


def hum(into: Path, seconds: float, loud: float = 6000.0) -> Speech:
    time_s = np.arange(round(seconds * spoken.RATE_HZ)) / spoken.RATE_HZ
    swell = np.sin(2 * np.pi * 3 * time_s)
    return spoken.recording(into, loud * swell * np.sin(2 * np.pi * 190 * time_s))


def cut(picture: Pixels, face: Face, left: int, top: int) -> tuple[Pixels, Face]:
    """Cut a picture so that its face hangs over the edge."""
    landmarks = face.landmarks - np.array([left, top, 0], np.float32)
    return np.ascontiguousarray(picture[top:, left:]), Face(landmarks=landmarks, score=1.0)


def outside(picture: Pixels, face: Face) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Mark the pixels outside the box that the aligned face covers."""
    size = (picture.shape[1], picture.shape[0])
    matrix = align.matrices(three_points(face.landmarks)[None], 64)[0]
    x0, y0, x1, y1 = align.face_box([matrix], 64, size)
    mask = np.ones(picture.shape[:2], bool)
    mask[y0:y1, x0:x1] = False
    return mask


def test_only_the_box_of_the_face_is_touched(engine: LatentSyncEngine, tmp_path: Path) -> None:
    picture, face = drawn_face(roll_deg=12.0)
    free = outside(picture, face)
    assert free.mean() > 0.5

    frames = list(engine.sync(picture, face, hum(tmp_path / "a.wav", 0.3), 25))

    assert all((frame[free] == picture[free]).all() for frame in frames)
    assert all((frame != picture).any() for frame in frames)


@pytest.mark.parametrize(("left", "top"), [(90, 0), (0, 60), (110, 70)])
def test_a_face_over_the_edge_of_the_photo_speaks_within_it(
    engine: LatentSyncEngine, tmp_path: Path, left: int, top: int
) -> None:
    picture, face = cut(*drawn_face(), left, top)
    assert face.landmarks[:, :2].min() < 0
    free = outside(picture, face)

    frames = list(engine.sync(picture, face, hum(tmp_path / "a.wav", 0.2), 25))

    assert len(frames) == 5
    assert {frame.shape for frame in frames} == {picture.shape}
    assert all((frame[free] == picture[free]).all() for frame in frames)


def test_a_face_of_forty_pixels_speaks(engine: LatentSyncEngine, tmp_path: Path) -> None:
    picture, face = drawn_face(72)
    assert np.ptp(face.landmarks[:, 0]) < 42

    frames = list(engine.sync(picture, face, hum(tmp_path / "a.wav", 0.2), 25))

    x, y = face.landmarks[14, :2].astype(int)
    assert any(
        (frame[y - 3 : y + 3, x - 3 : x + 3] != picture[y - 3 : y + 3, x - 3 : x + 3]).any()
        for frame in frames
    )


def test_a_face_whose_points_coincide_is_told(engine: LatentSyncEngine, tmp_path: Path) -> None:
    picture, face = drawn_face()
    point = Face(landmarks=np.full_like(face.landmarks, 20.0), score=1.0)

    with pytest.raises(errors.RenderFailed, match="cannot be aligned"):
        list(engine.sync(picture, point, hum(tmp_path / "a.wav", 0.2), 25))


def test_silence_is_one_closed_mouth_shown_for_its_whole_length(
    engine: LatentSyncEngine, tmp_path: Path
) -> None:
    picture, face = drawn_face()

    frames = list(engine.sync(picture, face, hum(tmp_path / "a.wav", 2.56, loud=0.0), 25))

    assert len(frames) == 64
    assert len({frame.tobytes() for frame in frames[::16]}) == 1


@pytest.mark.parametrize("seconds", [0.0, 0.01])
def test_sound_of_no_length_is_no_speech(
    engine: LatentSyncEngine, tmp_path: Path, seconds: float
) -> None:
    with pytest.raises(errors.NoSpeechFound):
        list(engine.sync(*drawn_face(), hum(tmp_path / "a.wav", seconds), 25))


def test_an_hour_is_refused_before_its_sound_is_read() -> None:
    def never(release: Release) -> LatentSync:
        raise AssertionError("nothing is loaded for what is refused")

    idle = LatentSyncEngine(tiny_latentsync.settings_for(Path("nowhere")), load=never)
    hour = Speech(
        path=Path("never-read.wav"),
        duration_s=3600.0,
        sample_rate_hz=spoken.RATE_HZ,
        provider="test",
        voice_id=None,
    )

    with pytest.raises(errors.SoundTooLong, match=f"{LONGEST_S:.0f} s"):
        list(idle.sync(*drawn_face(), hour, 25))


@pytest.mark.parametrize("motion", [Motion.SUBTLE, Motion.LIVELY])
def test_a_still_in_motion_speaks_where_its_head_is(
    engine: LatentSyncEngine, tmp_path: Path, motion: Motion
) -> None:
    picture, face = drawn_face()
    speech = hum(tmp_path / "a.wav", 1.4)
    idle = list(seen_still(picture, face, speech, 25, motion).frames)

    frames = list(engine.sync(picture, face, speech, 25, motion))

    assert len(frames) == len(idle) == 35
    moved = np.array([(still != picture).mean() for still in idle])
    assert moved.max() > 0.05, "the head moves"
    for frame, still in zip(frames, idle, strict=True):
        changed = (frame != still).any(axis=2)
        assert 0.01 < changed.mean() < 0.5, "the mouth is laid over the moved picture"


def test_the_points_of_a_still_in_motion_are_finer_than_pixels(tmp_path: Path) -> None:
    picture, face = drawn_face()

    seen = seen_still(picture, face, hum(tmp_path / "a.wav", 2.0), 25, Motion.LIVELY)

    steps = np.abs(np.diff(seen.points, axis=0))
    assert not seen.is_rounded
    assert 0 < steps.max() < 2.0
    np.testing.assert_allclose(seen.points[0], three_points(face.landmarks), atol=1e-3)
    assert np.array_equal(seen.frames[3:5][0], seen.frames[3])
    with pytest.raises(IndexError):
        seen.frames[50]


def test_a_broken_film_in_motion_goes_on_with_the_same_frames(
    engine: LatentSyncEngine, tmp_path: Path
) -> None:
    picture, face = drawn_face()
    speech = hum(tmp_path / "a.wav", 1.0)
    whole = list(engine.sync(picture, face, speech, 25, Motion.LIVELY))

    rest = list(engine.sync(picture, face, speech, 25, Motion.LIVELY, first_frame=16))

    np.testing.assert_array_equal(np.stack(rest), np.stack(whole[16:]))


def test_frames_before_the_first_wanted_are_not_made(
    engine: LatentSyncEngine, tmp_path: Path
) -> None:
    frames: Iterator[Pixels] = engine.sync(
        *drawn_face(), hum(tmp_path / "a.wav", 1.0), 25, first_frame=25
    )

    assert list(frames) == []


@pytest.mark.parametrize("fps", [10, 25, 60])
def test_the_number_of_frames_is_that_of_the_sound_at_any_rate(
    engine: LatentSyncEngine, tmp_path: Path, fps: int
) -> None:
    speech = hum(tmp_path / "a.wav", 0.37)

    frames = list(engine.sync(*drawn_face(), speech, fps))

    assert len(frames) == math.ceil(speech.duration_s * fps)


def test_the_seed_of_the_settings_decides(weights: Path, tmp_path: Path) -> None:
    speech = hum(tmp_path / "a.wav", 0.2)

    def film(seed: int) -> bytes:
        made = tiny_latentsync.engine(weights, seed=seed).sync(*drawn_face(), speech, 25)
        return b"".join(frame.tobytes() for frame in made)

    assert film(1) == film(1)
    assert film(1) != film(2)


def test_settings_that_change_reach_the_next_film_and_load_nothing(
    weights: Path, tmp_path: Path
) -> None:
    speech = hum(tmp_path / "a.wav", 0.2)
    loads: list[Release] = []

    def load(release: Release) -> LatentSync:
        loads.append(release)
        return tiny_latentsync.load(weights, release)

    def film(engine: LatentSyncEngine) -> bytes:
        return b"".join(f.tobytes() for f in engine.sync(*drawn_face(), speech, 25))

    first, second = (tiny_latentsync.settings_for(weights, seed=seed) for seed in (1, 2))
    engine = LatentSyncEngine(first, load)
    before = film(engine)
    engine.tune(second)

    assert film(engine) == film(LatentSyncEngine(second, load)) != before
    assert len(loads) == 2, "one for each engine"
