"""Phones become the motion of the mouth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lipsync import visemes
from pipeline.lipsync.track import MouthTrack
from pipeline.types import Timing
from tests.measure import spoken

FPS = 25


def say(*phones: tuple[str, float], before_s: float = 0.4, after_s: float = 0.6) -> MouthTrack:
    timings, now = [Timing(start_s=0.0, end_s=before_s, text="")], before_s
    for text, length_s in phones:
        timings.append(Timing(start_s=now, end_s=now + length_s, text=text))
        now += length_s
    timings.append(Timing(start_s=now, end_s=now + after_s, text=""))
    return visemes.mouth_track(timings, now + after_s, FPS)


def test_there_is_one_row_for_every_frame() -> None:
    track = visemes.mouth_track((), 2.01, FPS)

    assert len(track) == 51
    assert not track.gap.any()


def test_an_open_vowel_opens_wider_than_a_closed_one() -> None:
    assert say(("aː", 0.3)).gap.max() > 2 * say(("iː", 0.3)).gap.max() > 0.05


def test_spread_vowels_widen_and_round_ones_narrow() -> None:
    assert say(("iː", 0.3)).width.max() > 0.03
    assert say(("uː", 0.3)).width.min() < -0.04
    assert say(("uː", 0.3)).rounding.max() > 0.01


@pytest.mark.parametrize("phone", ["p", "b", "m", "mʲ", "pʰ", "ˈb"])
@pytest.mark.parametrize("length_s", [0.03, 0.045, 0.08, 0.15])
def test_lips_close_on_every_bilabial_however_short(phone: str, length_s: float) -> None:
    track = say(("a", 0.12), (phone, length_s), ("a", 0.12))

    frame = visemes.closing_frame(
        Timing(start_s=0.52, end_s=0.52 + length_s, text=phone), len(track) / FPS, FPS
    )
    assert track.gap[frame] == 0.0
    assert track.press[frame] == 1.0
    assert track.gap[frame - 3] > 0.05 < track.gap[frame + 3]


def test_lips_move_before_the_sound() -> None:
    track = say(("a", 0.2))

    middle_s = (np.argmax(track.gap) + 0.5) / FPS
    assert middle_s == pytest.approx(0.5 - 0.05, abs=0.03)


def test_nothing_moves_in_silence() -> None:
    track = say(("a", 0.2), before_s=1.0, after_s=1.0)

    assert track.gap[:18].max() == pytest.approx(0.0, abs=1e-6)
    assert track.gap[-18:].max() == pytest.approx(0.0, abs=1e-6)


def test_a_short_silence_between_words_does_not_close_the_mouth() -> None:
    gap = say(("a", 0.2), ("", 0.06), ("a", 0.2)).gap

    assert gap[12:18].min() > 0.06


def test_a_diphthong_has_two_shapes() -> None:
    track = say(("aʊ", 0.4))

    assert track.width[11] > -0.01 > -0.05 > track.width[16]


def test_a_palatal_mark_of_its_own_belongs_to_the_phone_before() -> None:
    together, apart = say(("tʲ", 0.1)), say(("t", 0.05), ("ʲ", 0.05))

    np.testing.assert_allclose(together.gap, apart.gap)


def test_retroflex_and_dental_stops_are_known() -> None:
    for phone in ("ʈ", "ɖ", "ɳ", "t̪", "d̪"):
        np.testing.assert_allclose(say((phone, 0.1)).tongue, say(("t", 0.1)).tongue)


def test_first_and_last_frame_are_closed_even_when_sound_fills_the_file() -> None:
    track = visemes.mouth_track([Timing(start_s=0.0, end_s=1.0, text="a")], 1.0, FPS)

    assert track.gap[0] == track.gap[-1] == 0.0
    assert track.gap.max() > 0.1


def test_a_voice_that_presses_its_lips_never_gapes() -> None:
    track = visemes.mouth_track(spoken.phones(), spoken.phones()[-1].end_s, FPS)

    assert not ((track.press > 0) & (track.gap > 0.02)).any()
    assert track.gap.max() < 0.22


@given(
    st.lists(st.tuples(st.text(max_size=4), st.floats(0.0, 0.5)), max_size=12),
    st.sampled_from([10, 24, 25, 30, 60]),
)
def test_any_phones_give_a_mouth_within_its_limits(
    phones: list[tuple[str, float]], fps: int
) -> None:
    timings, now = [], 0.0
    for text, length_s in phones:
        timings.append(Timing(start_s=now, end_s=now + length_s, text=text))
        now += length_s

    track = visemes.mouth_track(timings, max(0.1, now), fps)

    assert len(track) == np.ceil(max(0.1, now) * fps)
    assert 0.0 <= track.gap.min() <= track.gap.max() <= 0.2
    assert np.abs(track.width).max() <= 0.0851
