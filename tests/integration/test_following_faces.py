"""Real faces, followed by the real finder through small films."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from pipeline import errors
from pipeline.portrait import Pixels
from pipeline.portrait.face_track import FaceTrack
from pipeline.portrait.following import follow_face
from pipeline.portrait.mesh import MediaPipeMesh
from tests import faces
from tests.films import blank, speaker


@pytest.fixture(scope="module")
def mesh() -> Iterator[MediaPipeMesh]:
    made = MediaPipeMesh()
    yield made
    made.close()


def follow(frames: Sequence[Pixels], mesh: MediaPipeMesh, chosen: int = 1) -> FaceTrack:
    return follow_face(frames, mesh, fps=25, chosen=chosen, tell=lambda fraction: None)


def side_by_side(number: int, *, left_there: bool = True) -> Pixels:
    """Show two people who sway, the left one larger."""
    left = faces.pixels(faces.hopper(), 300)
    right = faces.pixels(faces.hopper(), 240)[:, ::-1]
    sway = round(6 * np.sin(number / 5))
    wall = np.full((320, 640, 3), (120, 130, 110), np.uint8)
    if left_there:
        wall[10 : 10 + left.shape[0], 20 + sway : 20 + sway + left.shape[1]] = left
    wall[40 : 40 + right.shape[0], 380 - sway : 380 - sway + right.shape[1]] = right
    return wall


def test_a_moving_face_is_followed_as_exactly_as_it_is_found(mesh: MediaPipeMesh) -> None:
    frames = [speaker(n) for n in range(12)]

    track = follow(frames, mesh)

    assert track.seen.all()
    for frame, landmarks in zip(frames, track.landmarks, strict=True):
        found = mesh.find(frame)[0].landmarks
        assert np.abs(found - landmarks)[:, :2].mean() < 1.0


def test_a_blank_stretch_is_empty_to_the_very_frames(mesh: MediaPipeMesh) -> None:
    frames = [blank(n) if 12 <= n < 30 else speaker(n) for n in range(42)]

    track = follow(frames, mesh)

    assert track.seen.tolist() == [True] * 12 + [False] * 18 + [True] * 12


def test_a_short_blank_stretch_is_bridged(mesh: MediaPipeMesh) -> None:
    frames = [blank(n) if 12 <= n < 16 else speaker(n) for n in range(28)]

    track = follow(frames, mesh)

    assert track.seen.all()
    assert np.isfinite(track.landmarks).all()


@pytest.mark.parametrize(("chosen", "side"), [(1, "left"), (2, "right")])
def test_of_two_people_the_chosen_one_is_kept(mesh: MediaPipeMesh, chosen: int, side: str) -> None:
    track = follow([side_by_side(n) for n in range(15)], mesh, chosen)

    assert track.seen.all()
    on_the_left = track.landmarks[:, 168, 0] < 320
    assert on_the_left.all() if side == "left" else not on_the_left.any()


def test_the_neighbour_does_not_speak_while_the_chosen_one_is_away(mesh: MediaPipeMesh) -> None:
    frames = [side_by_side(n, left_there=not 10 <= n < 30) for n in range(40)]

    track = follow(frames, mesh)

    assert track.seen.tolist() == [True] * 10 + [False] * 20 + [True] * 10


def test_where_nobody_is_nobody_is_followed(mesh: MediaPipeMesh) -> None:
    with pytest.raises(errors.NoFaceInVideo):
        follow([blank(n) for n in range(20)], mesh)
