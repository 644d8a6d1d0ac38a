"""How a head moves over time: from rest to rest, with the voice, the same for the same seed."""

import numpy as np
import pytest

from pipeline.lipsync.sway import AXES, REST_FRAMES, emphasis, head_track

FPS, RATE_HZ = 25, 16_000
NOTHING = np.zeros(100)


def test_it_starts_and_ends_at_rest_and_gently() -> None:
    rows = head_track(NOTHING, FPS, 1.0, np.random.default_rng(1)).rows

    assert not rows[0].any()
    assert not rows[-1].any()
    assert np.abs(rows[REST_FRAMES:-REST_FRAMES]).max() > 5 * np.abs(rows[[1, -2]]).max()


def test_the_same_seed_moves_the_same_way_and_another_one_does_not() -> None:
    first, again, other = (
        head_track(NOTHING, FPS, 1.0, np.random.default_rng(seed)).rows for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.005


def test_twice_the_amount_moves_twice_as_far() -> None:
    once, twice = (
        head_track(NOTHING, FPS, amount, np.random.default_rng(1)).rows for amount in (0.5, 1.0)
    )

    np.testing.assert_allclose(2 * once, twice, rtol=1e-5)


def test_a_stressed_syllable_dips_the_head() -> None:
    stress = np.zeros(100)
    stress[50] = 0.5

    calm, nodding = (
        head_track(beats, FPS, 1.0, np.random.default_rng(1)).rows for beats in (NOTHING, stress)
    )

    nod = nodding[50] - calm[50]
    assert nod[AXES.index("down")] > 0.01
    assert nod[AXES.index("pitch")] < 0
    np.testing.assert_array_equal(nodding[49], calm[49])


def test_emphasis_rises_where_the_sound_swells_and_never_in_silence() -> None:
    sound = np.zeros(3 * RATE_HZ, np.int16)
    tone = 9000 * np.sin(2 * np.pi * 200 * np.arange(RATE_HZ // 4) / RATE_HZ)
    sound[RATE_HZ : RATE_HZ + len(tone)] = tone

    beats = emphasis(sound, RATE_HZ, 75, FPS)

    assert 25 <= int(beats.argmax()) <= 31
    assert beats.max() > 0.3
    assert np.abs(beats[62:]).max() < 0.01
    assert emphasis(np.zeros(RATE_HZ, np.int16), RATE_HZ, 25, FPS) == pytest.approx(0)


def test_a_clip_of_one_frame_is_the_photo() -> None:
    assert not head_track(np.ones(1), FPS, 1.0, np.random.default_rng(1)).rows.any()
