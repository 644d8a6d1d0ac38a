"""What every engine needs to know of a film: order, absences, alignment."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.lipsync.filmed import aligned, points_of, source_frame, steady, untouched
from pipeline.portrait import Landmarks
from pipeline.portrait.face_track import FaceTrack
from pipeline.types import Stretch


def track(places_px: list[float | None]) -> FaceTrack:
    rows = []
    for place_px in places_px:
        points = np.random.default_rng(1).uniform(0, 50, (478, 3)).astype(np.float32)
        rows.append(points + np.float32(np.nan if place_px is None else place_px))
    return FaceTrack(landmarks=np.stack(rows))


def test_a_film_runs_to_and_fro_and_shows_its_ends_twice() -> None:
    assert [source_frame(n, 3) for n in range(13)] == [0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0]
    assert [source_frame(n, 1) for n in range(3)] == [0, 0, 0]


def test_the_library_runs_to_and_fro_in_the_same_order() -> None:
    scene = pytest.importorskip("pipeline.latentsync.scene")
    moving = scene.Moving([np.zeros((8, 8, 3), np.uint8)] * 7, [None] * 7, 256)

    assert [moving.source(n) for n in range(40)] == [source_frame(n, 7) for n in range(40)]


def test_absences_are_told_in_the_time_of_what_is_shown() -> None:
    film = track([1.0] * 25 + [None] * 25)

    assert untouched(film, 20, 25) == ()
    assert untouched(film, 50, 25) == (Stretch(start_s=1.0, end_s=2.0),)
    assert untouched(film, 130, 25) == (
        Stretch(start_s=1.0, end_s=3.0),
        Stretch(start_s=5.0, end_s=5.2),
    )


def points(places_px: list[float | None]) -> NDArray[np.float64]:
    face = np.array([[0.0, 0.0], [40.0, 0.0], [20.0, 20.0]])
    return np.stack([face + (np.nan if place is None else place) for place in places_px])


def test_stretches_end_at_absences_and_at_cuts() -> None:
    film = points([2.0] * 5 + [None] * 3 + [2.0] * 4 + [50.0] * 6)

    assert list(steady(film)) == [(0, 5), (8, 12), (12, 18)]
    assert list(steady(points([7.0]))) == [(0, 1)]
    assert list(steady(points([None] * 3))) == []
    assert list(steady(points([3.0 * n for n in range(50)]))) == [(0, 50)], "a moving head"


def test_each_steady_stretch_is_aligned_by_itself() -> None:
    asked: list[int] = []

    def fit(points: NDArray[np.float64]) -> NDArray[np.float64]:
        asked.append(len(points))
        return points.transpose(0, 2, 1)

    matrices = aligned(points([1.0] * 4 + [None] * 2 + [1.0] * 3 + [90.0] * 2), fit)

    assert asked == [4, 3, 2]
    first = [None if matrix is None else matrix[0, 0] for matrix in matrices]
    assert first == [1.0] * 4 + [None] * 2 + [1.0] * 3 + [90.0] * 2


def test_points_are_taken_out_of_every_frame_and_missing_where_nobody_is() -> None:
    def three_points(landmarks: Landmarks) -> NDArray[np.float64]:
        return landmarks[:3, :2].astype(np.float64)

    taken = points_of(track([1.0, None]), three_points)

    assert taken.shape == (2, 3, 2)
    assert np.isfinite(taken[0]).all()
    assert np.isnan(taken[1]).all()
