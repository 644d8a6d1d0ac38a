"""Words and their times become subtitles that a player shows."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.speech.subtitles import srt
from pipeline.types import Timing

CUE = re.compile(
    r"(\d+)\n(\d\d:\d\d:\d\d,\d{3}) --> (\d\d:\d\d:\d\d,\d{3})\n(.+?)(?=\n\n|\n\Z)", re.S
)


def spoken(text: str, each_s: float = 0.4) -> list[Timing]:
    bare = [word.strip("\"'.,!?।") for word in text.split()]
    return [
        Timing(start_s=at * each_s, end_s=at * each_s + each_s * 0.9, text=word)
        for at, word in enumerate(bare)
        if word
    ]


def test_a_sentence_is_a_cue_with_its_punctuation() -> None:
    text = 'Hello, my friend! "How are you?" नमस्ते दोस्तों।'

    assert srt(spoken(text), text) == (
        "1\n00:00:00,000 --> 00:00:01,160\nHello, my friend!\n\n"
        '2\n00:00:01,200 --> 00:00:02,360\n"How are you?"\n\n'
        "3\n00:00:02,400 --> 00:00:03,160\nनमस्ते दोस्तों।\n"
    )


def test_a_long_sentence_is_cut_into_cues_of_two_lines_and_six_seconds() -> None:
    text = "this is a very long sentence that goes on and on without any stop " * 4

    cues = CUE.findall(srt(spoken(text), text))

    assert len(cues) > 3
    assert all(len(line) <= 42 for cue in cues for line in cue[3].split("\n"))
    assert all(cue[3].count("\n") <= 1 for cue in cues)
    assert " ".join(" ".join(cue[3].split()) for cue in cues) == text.strip()


def test_a_pause_ends_a_cue() -> None:
    words = [Timing(start_s=0, end_s=0.5, text="one"), Timing(start_s=2, end_s=2.5, text="two")]

    assert srt(words, "one [pause 1s] two").count("-->") == 2


def test_words_that_the_script_does_not_hold_are_shown_as_they_are() -> None:
    assert "unknown" in srt([Timing(start_s=0, end_s=1, text="unknown")], "something else")


def test_without_words_there_are_no_subtitles() -> None:
    assert srt([], "text") == ""


@given(st.lists(st.sampled_from(["a", "bee.", "see,", "dee?", "x" * 60]), max_size=60))
def test_cues_are_numbered_in_order_and_never_overlap(tokens: list[str]) -> None:
    text = " ".join(tokens)

    cues = CUE.findall(srt(spoken(text), text))

    assert [int(cue[0]) for cue in cues] == list(range(1, len(cues) + 1))
    times = [time for cue in cues for time in cue[1:3]]
    assert times == sorted(times)
