"""Captions show the words while they are spoken, inside the picture, or say that they cannot."""

from __future__ import annotations

import shutil
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageFont

from pipeline.portrait import Pixels
from pipeline.speech.subtitles import Cue, cues
from pipeline.studio.captions import Captions
from pipeline.studio.fonts import NOTO, Lettering, lettering_for
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


def packaged(name: str) -> Path:
    """Find a font that comes with Matplotlib."""
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name


def test_letters_that_must_be_joined_are_drawn_only_where_that_can_be_done(tmp_path: Path) -> None:
    for script in ("Arabic", "Devanagari"):  # it has a box for every letter there is
        shutil.copy(packaged("LastResortHE-Regular.ttf"), tmp_path / NOTO.format(script=script))
    here, nowhere = (tmp_path,), ()

    for words in ("नमस्ते", "नमस्ते Pune", "سلام"):
        assert lettering_for(words, 24, folders=here, joins=True)
        assert not lettering_for(words, 24, folders=here, joins=False)
        assert not lettering_for(words, 24, folders=nowhere, joins=True)
    assert not lettering_for("سلام Pune", 24, folders=here, joins=True), "against each other"
    assert lettering_for("Café ₹500, Pune", 24, folders=nowhere, joins=False)


def test_each_letter_is_drawn_by_a_font_that_has_it() -> None:
    signs, letters = (
        ImageFont.truetype(str(packaged(name)), 24)
        for name in (
            "DejaVuSansDisplay.ttf",
            "STIXGeneral.ttf",
        )  # of "∑" and "P" the first has one
    )

    both = Lettering([signs, letters])

    assert both.length_px("∑Pune") == signs.getlength("∑") + letters.getlength("Pune")
    assert both.length_px("Pune∑") == letters.getlength("Pune∑"), "it has this one too"
    assert both.length_px("Pune न") == letters.getlength("Pune ")
    assert not both.draws("न"), "left out"


def test_a_line_of_two_fonts_is_written_around_its_middle() -> None:
    both = Lettering(
        [
            ImageFont.truetype(str(packaged(name)), 24)
            for name in ("DejaVuSansDisplay.ttf", "STIXGeneral.ttf")
        ]
    )
    picture = Image.new("L", (200, 60), 0)

    both.write(picture, "∑HH∑", 100, 30)

    drawn = np.argwhere(np.asarray(picture) > 0)
    top, left = drawn.min(axis=0)
    bottom, right = drawn.max(axis=0)
    assert abs((left + right) / 2 - 100) < 3
    assert abs((top + bottom) / 2 - 30) < 6
    assert right - left < both.length_px("∑HH∑") + 2


def test_speech_without_words_has_no_captions() -> None:
    assert not Captions(cues([], "Good morning."), 384, 512).can_be_drawn


def test_cues_keep_the_punctuation_of_the_script() -> None:
    made = cues(TIMES, " ".join(WORDS))

    assert [cue.text for cue in made] == ["Namaste!", "Good morning to all of you."]
    assert made[0].end_s <= made[1].start_s
