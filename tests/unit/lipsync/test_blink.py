"""When eyes close: read off real people, never at the ends, the same for the same seed."""

import numpy as np
import pytest

from pipeline.lipsync.blink import BLINK_S, FIRST_S, LONGEST_S, SHORTEST_S, blink_track, closing

FPS = 25


def starts_s(closed: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    lids = np.concatenate([[0.0], closed])
    return [i / FPS for i in range(len(closed)) if lids[i + 1] > 0 and lids[i] == 0]


def test_a_lid_shuts_fast_and_opens_slowly() -> None:
    time_s = np.arange(0, BLINK_S + 0.01, 0.001)

    lid = closing(time_s)

    shut = time_s[lid > 0.999]
    assert lid[0] == 0
    assert lid[-1] == pytest.approx(0, abs=1e-3)
    assert 0.04 < shut[-1] - shut[0] < 0.08, "one or two frames"
    assert shut[0] < (BLINK_S - shut[-1]) / 2
    assert np.abs(np.diff(lid)).max() < 0.03, "no jump"


def test_blinks_come_at_the_intervals_of_people() -> None:
    for seed in range(20):
        begun = starts_s(blink_track(2000, FPS, 3.8, np.random.default_rng(seed)))

        between = np.diff(begun)
        frame_s = 1 / FPS
        assert FIRST_S[0] - frame_s <= begun[0] <= FIRST_S[1] + frame_s
        assert between.min() >= SHORTEST_S - frame_s
        assert between.max() <= LONGEST_S + frame_s
        assert 2.8 < between.mean() < 4.8


@pytest.mark.parametrize("frames", [1, 2, 20, 40, 100, 101])
def test_eyes_are_open_in_the_first_and_the_last_frame(frames: int) -> None:
    for seed in range(30):
        closed = blink_track(frames, FPS, 3.0, np.random.default_rng(seed))

        assert len(closed) == frames
        assert closed[0] == closed[-1] == 0


def test_every_frame_rate_shows_a_shut_eye() -> None:
    for fps in (10, 24, 25, 30, 60):
        closed = blink_track(10 * fps, fps, 3.8, np.random.default_rng(1))

        assert closed.max() > 0.85
