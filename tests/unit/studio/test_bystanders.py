"""Only the chosen face of a photo moves."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import canonical_points
from pipeline.studio.bystanders import Bystanders, framed

PICTURE: Pixels = np.random.default_rng(1).integers(0, 255, (200, 400, 3)).astype(np.uint8)
MOVED: Pixels = np.roll(PICTURE, 5, axis=1)


def face_at(x_px: float, e_px: float = 60.0) -> Face:
    points = e_px * canonical_points() + np.array([x_px, 70, 0])
    return Face(landmarks=points.astype(np.float32), score=0.9)


def held(speaker: Face, *others: Face) -> Pixels:
    still = Bystanders(PICTURE, speaker, [other.landmarks for other in others])
    (frame,) = still.held(iter([MOVED]))
    return frame


def inside(face: Face) -> tuple[slice, slice]:
    """Give a box well within a face."""
    x, y = face.landmarks[:, :2].mean(axis=0).astype(int)
    return slice(y - 20, y + 20), slice(x - 20, x + 20)


def test_a_neighbour_stays_as_in_the_photo_and_the_speaker_moves() -> None:
    left, right = face_at(100), face_at(300)

    frame = held(right, left)

    assert np.array_equal(frame[inside(left)], PICTURE[inside(left)])
    assert np.array_equal(frame[inside(right)], MOVED[inside(right)])


def test_where_faces_overlap_the_speaker_moves() -> None:
    front, behind = face_at(200), face_at(230, e_px=50)

    frame = held(front, behind)

    assert np.array_equal(frame[inside(front)], MOVED[inside(front)])


@pytest.mark.parametrize("x_px", [-300, 900])
def test_a_face_that_was_cut_off_holds_nothing(x_px: float) -> None:
    assert np.array_equal(held(face_at(200), face_at(x_px)), MOVED)


def test_alone_in_the_photo_frames_pass_untouched() -> None:
    still = Bystanders(PICTURE, face_at(200), [])
    frames = iter([MOVED])

    assert still.held(frames) is frames


def test_faces_move_along_with_the_framing() -> None:
    before, other = face_at(100), face_at(300)
    scale = np.array([0.5, 0.5, 0.5], np.float32)
    after = Face(landmarks=before.landmarks * scale - (20, 10, 0), score=0.9)

    (moved,) = framed([other], before, after)

    assert np.allclose(moved, other.landmarks * scale - (20, 10, 0), atol=0.01)
