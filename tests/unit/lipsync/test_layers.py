"""Smooth fields through control points."""

import numpy as np
import pytest

from pipeline.lipsync.layers import (
    Layer,
    Region,
    border_px,
    region_around,
    strength_within,
    thin_plate,
)

REGION = Region(x_px=20, y_px=30, columns=40, rows=40, step_px=4)
ALL_MOVES = np.ones((40, 40))
ONE = np.ones(1, np.float32)


def bump(height_px: float) -> Layer:
    """Move the middle of the region sideways and nothing on its border."""
    points, moves = np.array([[100.0, 110.0]]), np.array([[[height_px / 50, 0.0]]])
    return Layer(points, moves, REGION, 50.0, ALL_MOVES)


def test_a_thin_plate_passes_through_its_points() -> None:
    rng = np.random.default_rng(0)
    points, values = rng.uniform(0, 1, (12, 2)), rng.normal(0, 0.1, (12, 3))

    np.testing.assert_allclose(thin_plate(points, values, points), values, atol=0.01)


def test_the_way_back_undoes_the_way_there() -> None:
    layer = bump(12.0)

    back = layer.backward(ONE)

    nodes = REGION.nodes_px()
    source_x = nodes[20, :, 0] + back[20, :, 0]
    there = np.interp(source_x, nodes[20, :, 0], layer.bases[0, 20, :, 0])
    np.testing.assert_allclose(source_x + there, nodes[20, :, 0], atol=0.05)


def test_a_steep_field_does_not_swirl() -> None:
    back = bump(60.0).backward(ONE)

    assert np.isfinite(back).all()
    assert np.abs(back).max() < 80.0


def test_nothing_moves_on_the_border() -> None:
    corners = np.array([[0.0, 0.0], [300.0, 0.0], [300.0, 300.0], [0.0, 300.0]])
    everywhere = strength_within(corners, REGION, 50.0)
    points, moves = np.array([[100.0, 110.0]]), np.array([[[0.24, 0.1]]])

    back = Layer(points, moves, REGION, 50.0, everywhere).backward(ONE)

    assert np.abs(back).max() > 8.0
    edges = np.concatenate([back[0], back[-1], back[:, 0], back[:, -1]])
    assert not edges.any()


def test_control_points_on_one_spot_do_not_break_the_solution() -> None:
    points = np.array([[100.0, 110.0], [100.0, 110.0], [100.05, 110.0]])

    layer = Layer(points, np.zeros((3, 1, 2)), REGION, 50.0, ALL_MOVES)

    assert not layer.backward(ONE).any()


def test_motion_fades_outside_the_outline() -> None:
    outline = np.array([[60.0, 70.0], [140.0, 70.0], [140.0, 150.0], [60.0, 150.0]])

    strength = strength_within(outline, REGION, 50.0)

    assert strength[20, 20] == pytest.approx(1.0)
    assert 0.0 < strength[20, 32] < 1.0
    assert strength[20, 36] == pytest.approx(0.0)


def test_skin_under_a_chin_that_drops_is_not_folded() -> None:
    outline = np.array([[60.0, 70.0], [140.0, 70.0], [140.0, 150.0], [60.0, 150.0]])
    e_px, lowest_e = 50.0, 0.115  # of the chin, with the mouth as wide open as it may be

    moved_px = lowest_e * e_px * strength_within(outline, REGION, e_px)

    assert np.diff(moved_px, axis=0).min() > -0.9 * REGION.step_px


def test_a_region_stays_inside_the_picture() -> None:
    points = np.array([[5.0, 8.0], [190.0, 195.0]])

    region = region_around(points, 90.0, (0.3, 0.3, 0.5), (200, 202))

    rows, columns = region.window
    assert (rows.start, columns.start) == (0, 0)
    assert rows.stop <= 202
    assert columns.stop <= 200


def test_there_are_24_anchors_on_the_border() -> None:
    anchors = border_px(REGION)

    assert len(anchors) == 24
    assert {tuple(p) for p in anchors} >= {(20.0, 30.0), (180.0, 190.0)}
