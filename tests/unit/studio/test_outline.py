"""A video takes the shape that was asked for, and shows its face and its words in all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.portrait import Pixels
from pipeline.studio.outline import Outline
from pipeline.types import Shape

SIDES = st.integers(64, 540).map(lambda n: n * 2)


def picture(width: int, height: int) -> Pixels:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width, dtype=np.uint8)[None]
    pixels[..., 1] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    return pixels


@given(st.sampled_from(Shape), SIDES, SIDES, st.floats(0, 1), st.floats(0, 1))
def test_every_shape_has_even_sides_and_its_frames_have_them(
    shape: Shape, width: int, height: int, x: float, y: float
) -> None:
    outline = Outline(shape, width, height, (x * width, y * height))

    assert outline.width_px % 2 == outline.height_px % 2 == 0
    plane = outline.plane
    assert 0 < plane.left_px + plane.width_px <= outline.width_px
    assert 0 < plane.top_px + plane.height_px <= outline.height_px


@pytest.mark.parametrize("size", [(384, 512), (512, 512), (512, 288)])
@pytest.mark.parametrize("shape", Shape)
def test_frames_have_the_shape_that_was_told(shape: Shape, size: tuple[int, int]) -> None:
    outline = Outline(shape, *size, (200.0, 150.0))

    frame = outline.of(picture(*size))

    assert frame.shape == (outline.height_px, outline.width_px, 3)
    assert frame.flags.writeable


def test_a_tall_video_is_nine_to_sixteen_and_loses_nothing() -> None:
    whole = picture(384, 512)
    outline = Outline(Shape.TALL, 384, 512, (192.0, 256.0))

    frame = outline.of(whole)

    assert outline.width_px / outline.height_px == pytest.approx(9 / 16, abs=0.005)
    top = (outline.height_px - 512) // 2
    assert (frame[top : top + 512] == whole).all()


def test_a_square_is_cut_around_the_face() -> None:
    whole = picture(512, 256)

    left = Outline(Shape.SQUARE, 512, 256, (60.0, 128.0)).of(whole)
    right = Outline(Shape.SQUARE, 512, 256, (480.0, 128.0)).of(whole)

    assert left.shape == right.shape == (256, 256, 3)
    assert (left == whole[:, :256]).all()
    assert (right == whole[:, 256:]).all()


def test_what_is_written_into_a_round_video_lies_inside_its_circle() -> None:
    outline = Outline(Shape.ROUND, 720, 900, (360.0, 400.0))
    plane, radius = outline.plane, outline.width_px / 2

    corners = [
        (plane.left_px + a * plane.width_px, plane.top_px + b * plane.height_px)
        for a in (0, 1)
        for b in (0, 1)
    ]

    assert outline.width_px == 640
    assert all(np.hypot(x - radius, y - radius) <= radius + 1.5 for x, y in corners)


def test_drawing_on_a_frame_leaves_the_engine_s_picture_alone() -> None:
    for shape in Shape:
        whole = picture(128, 128)
        Outline(shape, 128, 128, (64.0, 64.0)).of(whole)[:] = 7

        assert (whole == picture(128, 128)).all()
