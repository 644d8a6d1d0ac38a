"""Whom a film follows, with a finder that sees what the test put into each frame."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import errors
from pipeline.portrait import Face, Landmarks, Pixels
from pipeline.portrait.face_track import FaceTrack, distance_e, mended, runs
from pipeline.portrait.following import follow_face
from pipeline.portrait.pose import canonical_points

FPS = 25
E_PX = 40.0

Place = tuple[float, float]
"""The middle of a face, in eye distances."""


def face_at(x_e: float, y_e: float = 3.0, size: float = 1.0) -> Landmarks:
    points = E_PX * (size * canonical_points() + np.array([x_e, y_e, 0.0]))
    return np.asarray(points, np.float32)


def x_of(landmarks: Landmarks) -> float:
    return float(landmarks[168, 0]) / E_PX - float(canonical_points()[168, 0])


class Cast:
    """Sees the faces that a script names for each frame; counts how often it searched."""

    def __init__(self, script: Mapping[int, Sequence[Landmarks]]) -> None:
        self.script, self.searched = script, 0

    def find(self, picture: Pixels) -> Sequence[Face]:
        """Return everybody, the largest first."""
        self.searched += 1
        faces = sorted(self._seen(picture), key=lambda points: -float(np.ptp(points[:, 1])))
        return [Face(landmarks=points, score=0.9) for points in faces]

    def follow(self, picture: Pixels, near: Landmarks) -> Face | None:
        """Return whoever stands within half a close-up."""
        ways = {i: distance_e(points, near) for i, points in enumerate(self._seen(picture))}
        nearest = min(ways, key=lambda i: ways[i], default=None)
        if nearest is None or ways[nearest] > 1.1:
            return None
        return Face(landmarks=self._seen(picture)[nearest], score=0.9)

    def _seen(self, picture: Pixels) -> Sequence[Landmarks]:
        return self.script.get(int(picture[0, 0, 0]) + 256 * int(picture[0, 0, 1]), [])


def film(frames: int) -> list[Pixels]:
    return [np.full((2, 2, 3), (n % 256, n // 256, 0), np.uint8) for n in range(frames)]


def follow(
    script: Mapping[int, Sequence[Landmarks]], frames: int, chosen: int = 1
) -> tuple[list[float | None], Cast]:
    """Return where the face was followed to, per frame."""
    cast = Cast(script)
    track = follow_face(film(frames), cast, fps=FPS, chosen=chosen, tell=lambda fraction: None)
    assert len(track) == frames
    places = [track.at(frame) for frame in range(frames)]
    return [None if points is None else round(x_of(points), 2) for points in places], cast


def test_a_face_that_moves_is_followed_without_searching_every_frame() -> None:
    xs = [2 + 0.1 * n for n in range(60)]

    places, cast = follow({n: [face_at(x)] for n, x in enumerate(xs)}, 60)

    assert places == pytest.approx(xs, abs=0.02)
    assert cast.searched < 12


def test_the_largest_face_of_the_first_second_is_taken_unless_told() -> None:
    script = {n: [face_at(2), face_at(8, size=1.5)] for n in range(30)}

    assert set(follow(script, 30)[0]) == {8.0}
    assert set(follow(script, 30, chosen=2)[0]) == {2.0}


def test_a_larger_face_that_comes_within_the_first_second_counts() -> None:
    script = {n: [face_at(2)] + [face_at(8, size=1.5)] * (n >= 8) for n in range(40)}

    places = follow(script, 40)[0]

    assert places == [None] * 8 + [8.0] * 32


def test_a_face_that_is_not_there_cannot_be_chosen() -> None:
    script = {n: [face_at(2), face_at(8)] for n in range(10)}

    with pytest.raises(errors.NoSuchFace, match="Face 3 was asked for, and 2"):
        follow(script, 10, chosen=3)
    with pytest.raises(errors.NoSuchFace):
        follow(script, 10, chosen=0)


def test_nobody_at_all_is_an_error() -> None:
    with pytest.raises(errors.NoFaceInVideo):
        follow({}, 30)


def test_frames_before_the_face_comes_are_empty_to_the_very_frame() -> None:
    places = follow({n: [face_at(4)] for n in range(13, 60)}, 60)[0]

    assert places == [None] * 13 + [4.0] * 47


def test_a_short_absence_is_bridged_in_a_straight_line() -> None:
    xs = [2 + 0.05 * n for n in range(60)]
    script = {n: [face_at(x)] for n, x in enumerate(xs) if not 20 <= n < 32}

    places = follow(script, 60)[0]

    assert places == pytest.approx(xs, abs=0.02)


def test_a_longer_absence_is_left_to_the_very_frames() -> None:
    script = {n: [face_at(4)] for n in range(60) if not 20 <= n < 33}

    places = follow(script, 60)[0]

    assert places == [4.0] * 20 + [None] * 13 + [4.0] * 27


def test_a_bystander_does_not_become_the_speaker_when_the_speaker_leaves() -> None:
    speaker, bystander = face_at(2, size=1.2), face_at(6)
    script = {n: [speaker, bystander] if not 30 <= n < 90 else [bystander] for n in range(120)}

    places = follow(script, 120)[0]

    assert places == [2.0] * 30 + [None] * 60 + [2.0] * 30


def test_who_came_later_does_not_become_the_speaker_either() -> None:
    script = {n: [face_at(2)] * (n < 60) + [face_at(6)] * (n >= 20) for n in range(120)}

    places = follow(script, 120)[0]

    assert places == [2.0] * 60 + [None] * 60


def test_two_who_pass_close_by_are_not_mixed_up() -> None:
    script = {n: [face_at(2, size=1.1), face_at(9 - 0.1 * n)] for n in range(50)}

    assert set(follow(script, 50)[0]) == {2.0}


def test_behind_a_hard_cut_the_face_is_found_again_at_once() -> None:
    script = {n: [face_at(2 if n < 37 else 9)] for n in range(90)}

    places = follow(script, 90)[0]

    assert places == [2.0] * 37 + [9.0] * 53


def test_a_face_that_only_flickers_is_dropped() -> None:
    script = {n: [face_at(4)] for n in range(100) if n < 30 or n in (60, 61, 62)}

    places = follow(script, 100)[0]

    assert places == [4.0] * 30 + [None] * 70


def test_a_film_of_one_frame_keeps_its_face() -> None:
    assert follow({0: [face_at(4)]}, 1)[0] == [4.0]


def test_progress_grows_to_the_end() -> None:
    told: list[float] = []

    follow_face(
        film(40), Cast({n: [face_at(4)] for n in range(12, 40)}), fps=FPS, tell=told.append
    )

    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1.0


# --------------------------------------------------------------------------- mending


def track_of(xs: Sequence[float | None]) -> FaceTrack:
    rows: list[NDArray[np.float32]] = [
        np.full((478, 3), np.nan, np.float32) if x is None else face_at(x) for x in xs
    ]
    return FaceTrack(landmarks=np.stack(rows))


def test_no_bridge_leads_far_away_or_over_the_ends() -> None:
    far = [2.0] * 10 + [None] * 4 + [6.0] * 10
    ends = [None] * 4 + [2.0] * 10 + [None] * 4

    assert mended(track_of(far), FPS).seen.tolist() == [x is not None for x in far]
    assert mended(track_of(ends), FPS).seen.tolist() == [x is not None for x in ends]


def test_a_film_that_is_shorter_than_any_flicker_is_kept() -> None:
    assert mended(track_of([2.0, 2.0]), FPS).seen.tolist() == [True, True]


def test_runs_name_start_and_stop() -> None:
    assert list(runs([True, True, False, True])) == [(0, 2, True), (2, 3, False), (3, 4, True)]
    assert list(runs([])) == []
