"""The measures measure: known shifts, unrelated curves, known closures."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.portrait import Face, FaceMesh, Pixels
from tests.measure import lips, stillness
from tests.measure.drawn import drawn_face


def chatter(seed: int, frames: int = 300) -> NDArray[np.float64]:
    """Something like a mouth: positive, smooth, irregular."""
    noise = np.random.default_rng(seed).normal(0.0, 1.0, frames + 4)
    result: NDArray[np.float64] = np.abs(np.convolve(noise, np.ones(5) / 5, mode="valid")) * 0.1
    return result


class MeshThatKnows:
    """A face finder that gives what it is told, one answer per picture."""

    def __init__(self, *gaps_e: float) -> None:
        self._faces = [drawn_face(gap_e=gap)[1] for gap in gaps_e]

    def find(self, picture: Pixels) -> list[Face]:
        return [self._faces.pop(0)]


@pytest.mark.parametrize("shift", [-5, -3, 0, 3, 7])
def test_a_shift_is_reported_as_it_is(shift: int) -> None:
    curve = chatter(1)
    intended, seen = curve[20:280], curve[20 - shift : 280 - shift]

    found = lips.sync(intended, seen)

    assert found.lag == shift
    assert found.best_r == pytest.approx(1.0)


def test_an_unrelated_clip_does_not_correlate() -> None:
    assert all(abs(lips.sync(chatter(1), chatter(seed)).r) < 0.25 for seed in range(2, 10))


def test_a_frozen_mouth_does_not_correlate() -> None:
    assert lips.sync(chatter(1), np.full(300, 0.05)).r == 0.0


def test_noise_lowers_the_correlation() -> None:
    noisy = chatter(1) + np.random.default_rng(3).normal(0.0, 0.03, 300)

    assert 0.3 < lips.sync(chatter(1), noisy).r < 0.95


def test_lips_count_as_closed_within_one_frame_only() -> None:
    seen = np.full(20, 0.1)
    seen[[5, 11]] = 0.01

    assert lips.closed(seen, [5, 10, 12, 15]) == 3


def test_gaps_are_measured_in_eye_distances() -> None:
    picture, face = drawn_face()
    mesh: FaceMesh = MeshThatKnows(0.0, 0.08, 0.16)

    seen = lips.seen_gaps([picture] * 3, face, mesh)

    np.testing.assert_allclose(seen, [0.0, 0.08, 0.16], atol=0.01)


def test_frames_near_a_sound_are_not_silent() -> None:
    silent = lips.silent_frames([(1.0, 1.2)], 60, 25)

    assert silent[:22].all()
    assert not silent[22:33].any()
    assert silent[35:].all()


def test_one_moved_pixel_shows_in_the_noise_ratio() -> None:
    picture, _ = drawn_face()
    changed = picture.copy()
    changed[3, 3] ^= 255
    everywhere = np.ones(picture.shape[:2], bool)

    assert stillness.psnr_db(picture, picture, everywhere) > 150
    assert stillness.psnr_db(picture, changed, everywhere) < 60


def test_a_hard_edge_shows_in_the_border() -> None:
    picture, _ = drawn_face()
    window = (slice(100, 160), slice(100, 160))
    changed = picture.copy()
    changed[window] = np.clip(changed[window].astype(int) + 12, 0, 255)

    assert stillness.border_step(picture, picture, window) == 0.0
    assert stillness.border_step(picture, changed, window) > 3.0
