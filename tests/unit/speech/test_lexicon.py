"""Romanised Hindi is read as Hindi, and English never is."""

import pytest

from pipeline.speech.lexicon import in_devanagari, is_romanised
from pipeline.speech.phrase import phrases
from tests.words import common_words

MOST_COLLISIONS = 3


def written(text: str) -> str:
    cut = phrases(text, table="hi", english_digits=True, phonemes=lambda word: word)
    return "".join(phrase.text for phrase in cut)


def test_three_hundred_words_are_known() -> None:
    known = [w for w in ("namaste", "kaise", "banaya", "hyderabad", "doston") if in_devanagari(w)]

    assert len(known) == 5
    from pipeline.speech.lexicon import _surely

    assert len(_surely()) >= 300
    assert all(any("\u0900" <= c <= "\u097f" for c in v) for v in _surely().values())


def test_hardly_an_english_word_is_taken_for_hindi() -> None:
    taken = [word for word in common_words() if in_devanagari(word)]

    assert len(taken) <= MOST_COLLISIONS, taken


@pytest.mark.parametrize(
    ("text", "hindi"),
    [
        ("main ghar ja raha hoon", True),
        ("hum log kal aa rahe hain to milte hain", True),
        ("aap kaise ho", True),
        ("the main road to Nagpur is closed", False),
        ("do me a favour bhai", False),
        ("Please call Ravi and Priya", False),
    ],
)
def test_words_that_are_english_too_count_only_in_hindi_company(text: str, hindi: bool) -> None:
    assert is_romanised(text.split()) is hindi


def test_main_is_me_in_hindi_and_a_road_in_english() -> None:
    assert "मैं घर जा रहा हूँ" in written("main ghar ja raha hoon")
    assert "मैं" not in written("the main road is in ruins")
