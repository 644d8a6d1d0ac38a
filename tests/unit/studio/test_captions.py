"""Captions show the words while they are spoken, inside the picture, or say that they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.portrait import Pixels
from pipeline.speech.subtitles import Cue, cues
from pipeline.studio.captions import Captions
from pipeline.types import Timing

WORDS = ["Namaste!", "Good", "morning", "to", "all", "of", "you."]
TIMES = [
    Timing(start_s=n * 0.4, end_s=n * 0.4 + 0.4, text=word.strip("!."))
    for n, word in enumerate(WORDS)
]
GREY = 90


def grey(width: int, height: int) -> Pixels:
    return np.full((height, width, 3), GREY, np.uint8)


def test_a_cue_is_shown_while_it_is_spoken_and_no_longer() -> None:
    captions = Captions([Cue(start_s=1.0, end_s=2.0, text="Good morning")], 384, 512)
    assert captions.can_be_drawn

    for time_s, is_shown in ((0.9, False), (1.0, True), (1.9, True), (2.0, False)):
        frame = grey(384, 512)
        captions.onto(frame, time_s)
        assert (frame != GREY).any() == is_shown


@pytest.mark.parametrize("size", [(256, 256), (288, 512), (640, 360), (450, 450)])
def test_words_stay_inside_the_picture_and_above_the_label(size: tuple[int, int]) -> None:
    width, height = size
    long = " ".join(["extraordinarily"] * 5)
    captions = Captions([Cue(start_s=0.0, end_s=1.0, text=long)], width, height)
    frame = grey(width, height)

    captions.onto(frame, 0.5)
    drawn = np.argwhere((frame != GREY).any(axis=2))

    assert drawn[:, 0].max() < height * 0.9
    assert drawn[:, 0].min() > height * 0.3
    assert frame.max() > 200  # white letters


def test_a_writing_without_a_font_is_not_drawn_as_boxes() -> None:
    captions = Captions([Cue(start_s=0.0, end_s=1.0, text="ᚠᚢᚦᚨᚱᚲ")], 384, 512)
    frame = grey(384, 512)

    captions.onto(frame, 0.5)

    assert not captions.can_be_drawn
    assert (frame == GREY).all()


def test_speech_without_words_has_no_captions() -> None:
    assert not Captions(cues([], "Good morning."), 384, 512).can_be_drawn


def test_cues_keep_the_punctuation_of_the_script() -> None:
    made = cues(TIMES, " ".join(WORDS))

    assert [cue.text for cue in made] == ["Namaste!", "Good morning to all of you."]
    assert made[0].end_s <= made[1].start_s
