"""espeak-ng's events become phones and words in seconds."""

import numpy as np

from pipeline.speech.espeak import PhoneEvent, Take, WordEvent
from pipeline.speech.phrase import Word
from pipeline.speech.timings import phones_of, words_of
from pipeline.types import Timing


def take(
    phones: list[tuple[str, int]], words: list[tuple[int, int]], milliseconds: int = 1_000
) -> Take:
    """Build a take at 1000 samples a second, so that samples are milliseconds."""
    return Take(
        samples=np.zeros(milliseconds, np.int16),
        phones=tuple(PhoneEvent(ipa=ipa, sample=sample) for ipa, sample in phones),
        words=tuple(WordEvent(position=at, sample=sample) for at, sample in words),
    )


def shown(timings: list[Timing]) -> list[tuple[float, float, str]]:
    return [(round(t.start_s, 3), round(t.end_s, 3), t.text) for t in timings]


def test_each_phone_lasts_until_the_next_and_the_last_until_the_end() -> None:
    spoken = take([("m", 0), ("ˈaː", 100), ("", 900)], [])

    assert shown(phones_of(spoken, 1_000)) == [
        (0.0, 0.1, "m"),
        (0.1, 0.9, "ˈaː"),
        (0.9, 1.0, ""),
    ]


def test_modifiers_glides_and_marks_of_language_are_no_phones_of_their_own() -> None:
    spoken = take(
        [
            ("m", 20),
            ("ʲ", 100),
            ("ˈɪ", 150),
            ("", 200),
            ("ə", 240),
            ("(en)", 300),
            ("", 500),
            ("", 700),
        ],
        [],
    )

    assert shown(phones_of(spoken, 1_000)) == [
        (0.0, 0.02, ""),
        (0.02, 0.15, "mʲ"),
        (0.15, 0.24, "ˈɪ"),
        (0.24, 0.5, "ə"),
        (0.5, 1.0, ""),
    ]


def test_words_pair_with_their_events_in_order() -> None:
    spoken = take([("a", 0), ("", 300), ("b", 500), ("", 900)], [(1, 0), (4, 500)])
    words = (Word(text="one", first=1, last=2), Word(text="two", first=4, last=5))

    found = words_of(spoken, words, phones_of(spoken, 1_000), 1_000)

    assert shown(found) == [(0.0, 0.3, "one"), (0.5, 0.9, "two")]


def test_a_number_that_speaks_several_words_is_one_word() -> None:
    spoken = take(
        [("a", 0), ("b", 200), ("c", 400), ("d", 600)], [(1, 0), (3, 200), (3, 400), (8, 600)]
    )
    words = (
        Word(text="a", first=1, last=1),
        Word(text="1500", first=3, last=6),
        Word(text="rupees", first=8, last=13),
    )

    found = words_of(spoken, words, phones_of(spoken, 1_000), 1_000)

    assert shown(found) == [(0.0, 0.2, "a"), (0.2, 0.6, "1500"), (0.6, 1.0, "rupees")]


def test_words_drawn_together_share_their_time_by_length() -> None:
    spoken = take([("a", 0), ("b", 800)], [(1, 0), (10, 800)])
    words = (
        Word(text="of", first=1, last=2),
        Word(text="themen", first=4, last=9),
        Word(text="x", first=10, last=10),
    )

    found = words_of(spoken, words, phones_of(spoken, 1_000), 1_000)

    assert shown(found)[0] == (0.0, 0.2, "of")
    assert [w.text for w in found] == ["of", "themen", "x"]
    assert found[1].start_s == 0.2


def test_silent_words_have_no_time() -> None:
    assert words_of(take([], []), (Word(text="x", first=1, last=1),), [], 1_000) == []
