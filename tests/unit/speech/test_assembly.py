"""Passages are laid end to end, long pauses shortened, and every time moves along."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.speech.assembly import LEAD_IN_S, TAIL_S, Passage, joined, tightened
from pipeline.types import Timing

RATE_HZ = 8_000


def noise(seconds: float) -> NDArray[np.int16]:
    return np.full(round(seconds * RATE_HZ), 8_000, np.int16)


def quiet(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * RATE_HZ), np.int16)


def passage(*sound: NDArray[np.int16], words: tuple[tuple[float, float], ...] = ()) -> Passage:
    timings = tuple(Timing(start_s=a, end_s=b, text="w") for a, b in words)
    return Passage(samples=np.concatenate(sound), sample_rate_hz=RATE_HZ, words=timings)


def loudness_in(passage: Passage, word: Timing) -> float:
    inside = passage.samples[round(word.start_s * RATE_HZ) : round(word.end_s * RATE_HZ)]
    return float((np.abs(inside) > 4_000).mean())


@pytest.mark.parametrize("head_s", [0.0, 0.1, 0.25, 1.0])
@pytest.mark.parametrize("tail_s", [0.0, 0.2, 1.5])
def test_both_ends_get_their_silence(head_s: float, tail_s: float) -> None:
    tight = tightened(
        passage(quiet(head_s), noise(1.0), quiet(tail_s), words=((head_s, head_s + 1.0),))
    )

    loud = np.flatnonzero(tight.samples) / RATE_HZ
    assert loud[0] == pytest.approx(LEAD_IN_S, abs=0.06)
    assert tight.duration_s - loud[-1] == pytest.approx(TAIL_S, abs=0.06)
    assert loudness_in(tight, tight.words[0]) == 1.0


def test_a_long_pause_is_shortened_and_a_short_one_stays() -> None:
    words = ((0.0, 1.0), (1.5, 2.5), (4.0, 5.0))

    tight = tightened(passage(noise(1), quiet(0.5), noise(1), quiet(1.5), noise(1), words=words))

    first, second, third = tight.words
    assert second.start_s - first.end_s == pytest.approx(0.5, abs=0.001)
    assert third.start_s - second.end_s == pytest.approx(0.55, abs=0.01)
    assert [loudness_in(tight, word) for word in tight.words] == [1.0, 1.0, 1.0]


def test_silence_alone_stays_silence() -> None:
    assert not tightened(passage(quiet(3.0))).samples.any()


def test_joined_passages_keep_the_place_of_their_words_and_phones() -> None:
    phones = (Timing(start_s=0, end_s=0.8, text="a"), Timing(start_s=0.8, end_s=1.0, text=""))
    one = Passage(samples=noise(1.0), sample_rate_hz=RATE_HZ, phones=phones)
    two = Passage(samples=noise(1.0), sample_rate_hz=RATE_HZ, phones=phones)

    whole = joined([one, two], [0.0, 0.5])

    assert whole.duration_s == 2.5
    assert [(p.start_s, round(p.end_s, 3), p.text) for p in whole.phones] == [
        (0.0, 0.8, "a"),
        (0.8, 1.5, ""),
        (1.5, 2.3, "a"),
        (2.3, 2.5, ""),
    ]


def test_phones_are_known_for_the_whole_or_not_at_all() -> None:
    with_phones = Passage(
        samples=noise(1.0), sample_rate_hz=RATE_HZ, phones=(Timing(start_s=0, end_s=1, text="a"),)
    )

    assert joined([with_phones, passage(noise(1.0))], [0.0, 0.0]).phones == ()
