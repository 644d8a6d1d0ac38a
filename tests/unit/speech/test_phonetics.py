"""Phones fill the windows of their words; what lies between is silence."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.speech.phonetics import subdivided
from pipeline.types import Timing


def timing(start_s: float, end_s: float, text: str) -> Timing:
    return Timing(start_s=start_s, end_s=end_s, text=text)


INSIDE = (timing(0.0, 0.1, "m"), timing(0.1, 0.4, "aː"))


def test_phones_are_scaled_into_their_word() -> None:
    phones = subdivided(
        [timing(0.5, 1.3, "ma"), timing(2.0, 2.2, "ma")], [INSIDE, INSIDE], duration_s=3.0
    )

    shown = [(round(p.start_s, 3), round(p.end_s, 3), p.text) for p in phones]
    assert shown == [
        (0.0, 0.5, ""),
        (0.5, 0.7, "m"),
        (0.7, 1.3, "aː"),
        (1.3, 2.0, ""),
        (2.0, 2.05, "m"),
        (2.05, 2.2, "aː"),
        (2.2, 3.0, ""),
    ]


def test_a_tiny_gap_belongs_to_the_word_before_it() -> None:
    phones = subdivided(
        [timing(0.0, 0.49, "ma"), timing(0.5, 1.0, "ma")], [INSIDE, INSIDE], duration_s=1.0
    )

    assert [p.text for p in phones] == ["m", "aː", "m", "aː"]


def test_a_word_without_phones_is_silence() -> None:
    phones = subdivided(
        [timing(0.0, 0.5, "—"), timing(1.0, 1.5, "ma")], [(), INSIDE], duration_s=2.0
    )

    assert [p.text for p in phones] == ["", "m", "aː", ""]
    assert subdivided([timing(0.0, 0.5, "—")], [()], duration_s=1.0) == ()


@given(
    st.lists(
        st.tuples(st.floats(0.0, 0.6), st.floats(0.0, 0.6), st.booleans()), min_size=1, max_size=20
    )
)
def test_phones_cover_the_whole_without_a_gap(steps: list[tuple[float, float, bool]]) -> None:
    words, at_s = [], 0.0
    for pause_s, length_s, _ in steps:
        words.append(timing(at_s + pause_s, at_s + pause_s + length_s, "w"))
        at_s += pause_s + length_s
    inside = [INSIDE if sounds else () for _, _, sounds in steps]

    phones = subdivided(words, inside, duration_s=at_s + 0.5)

    if phones:
        assert phones[0].start_s == 0.0
        assert phones[-1].end_s == pytest.approx(at_s + 0.5)
        assert all(a.end_s == b.start_s for a, b in pairwise(phones))
        assert all(p.end_s > p.start_s for p in phones)
