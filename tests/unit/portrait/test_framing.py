"""The picture of the video: the right size, the face large enough, the landmarks on the face."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.portrait import Face, Pixels
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.pose import canonical_points


def photo(width_px: int, height_px: int) -> Pixels:
    """Draw a photo whose red tells the column and whose green tells the row, smoothly."""
    x = np.linspace(0, 255, width_px, dtype=np.float32)
    y = np.linspace(0, 255, height_px, dtype=np.float32)
    rows, columns = np.meshgrid(y, x, indexing="ij")
    return np.stack([columns, rows, np.full_like(rows, 90)], axis=2).astype(np.uint8)


def face_at(x_px: float, y_px: float, face_height_px: float) -> Face:
    """Lay the canonical face into a photo, its middle at a point."""
    points = canonical_points().copy()
    scale = face_height_px / float(np.ptp(points[:, 1]))
    points *= scale
    points[:, :2] += np.array([x_px, y_px]) - (points.max(axis=0) + points.min(axis=0))[:2] / 2
    return Face(landmarks=points, score=0.9)


def height_share(pixels: Pixels, face: Face) -> float:
    return float(np.ptp(face.landmarks[:, 1]) / pixels.shape[0])


def test_a_photo_with_a_large_face_stays_whole() -> None:
    framed, face = frame_portrait(photo(600, 800), face_at(300, 350, 250), 512)

    assert framed.shape == (512, 384, 3)
    assert height_share(framed, face) == pytest.approx(250 / 800, rel=0.01)


def test_a_small_face_is_cut_out_to_two_fifths_of_the_height() -> None:
    framed, face = frame_portrait(photo(1500, 2000), face_at(700, 900, 200), 512)

    assert framed.shape == (512, 384, 3)
    assert height_share(framed, face) == pytest.approx(0.4, abs=0.01)


def test_a_face_in_a_wide_photo_gets_its_pixels_too() -> None:
    framed, face = frame_portrait(photo(1600, 500), face_at(1200, 250, 200), 512)

    assert framed.shape == (512, 512, 3)
    assert height_share(framed, face) == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(("x_px", "y_px"), [(40, 40), (960, 40), (40, 960), (960, 960)])
def test_a_face_in_a_corner_stays_inside_the_cut(x_px: int, y_px: int) -> None:
    framed, face = frame_portrait(photo(1000, 1000), face_at(x_px, y_px, 80), 512)

    middle = (face.landmarks[:, :2].max(axis=0) + face.landmarks[:, :2].min(axis=0)) / 2
    assert framed.shape == (512, 512, 3)
    assert height_share(framed, face) == pytest.approx(0.4, abs=0.01)
    assert (middle > 0).all()
    assert (middle < 512).all()


def test_the_landmarks_stay_on_what_they_marked() -> None:
    source = photo(1400, 1000)
    face = face_at(600, 450, 220)

    framed, moved = frame_portrait(source, face, 512)

    for number in (1, 33, 61, 152, 263, 291):
        before, after = face.landmarks[number].astype(int), moved.landmarks[number].astype(int)
        was, now = source[before[1], before[0]], framed[after[1], after[0]]
        assert np.abs(was.astype(int) - now.astype(int)).max() <= 1


def test_depth_is_scaled_like_the_face() -> None:
    face = face_at(500, 500, 220)

    _, moved = frame_portrait(photo(1000, 1000), face, 512)

    ratio = np.ptp(moved.landmarks, axis=0) / np.ptp(face.landmarks, axis=0)
    assert ratio == pytest.approx([ratio[0]] * 3, rel=0.01)


@given(
    width_px=st.integers(128, 2048),
    height_px=st.integers(128, 2048),
    share=st.floats(0.04, 0.9),
    place=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    half_size_px=st.integers(64, 512),
)
def test_every_photo_gets_even_sides_and_keeps_its_shape(
    width_px: int, height_px: int, share: float, place: tuple[float, float], half_size_px: int
) -> None:
    size_px = 2 * half_size_px
    face = face_at(place[0] * width_px, place[1] * height_px, share * height_px)

    framed, moved = frame_portrait(np.zeros((height_px, width_px, 3), np.uint8), face, size_px)

    height, width = framed.shape[:2]
    assert max(height, width) == size_px
    assert height % 2 == width % 2 == 0
    spread = np.ptp(moved.landmarks, axis=0) / np.ptp(face.landmarks, axis=0)
    assert spread[0] / spread[1] == pytest.approx(1, abs=2 / min(height, width) + 0.02)
