"""A script is checked before anybody waits for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.text import check_script, sentences

LIMITS = SpeechSettings(max_s=60.0, max_chars=4_000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "😀🙏🏽👨\u200d👩\u200d👧",
        "...",
        "?!,.-—",
        "%& ₹",
        "\ud800",
        "\u202e\u200b",
        "`` ``",
    ],
)
def test_a_text_without_a_letter_or_digit_is_empty(text: str) -> None:
    with pytest.raises(errors.ScriptEmpty):
        check_script(text, LIMITS)


@pytest.mark.parametrize("text", ["привет мир", "你好", "こんにちは 😀", "[pause] שלום"])
def test_a_text_in_a_writing_that_nobody_reads_says_so(text: str) -> None:
    with pytest.raises(errors.ScriptUnreadable):
        check_script(text, LIMITS)


@pytest.mark.parametrize("text", ["a" * 100_000, "क" * 100_000, "a b " * 25_000, "१" * 4_001])
def test_a_hundred_thousand_letters_are_too_long_in_seconds(text: str) -> None:
    with pytest.raises(errors.ScriptTooLong) as caught:
        check_script(text, LIMITS)

    assert caught.value.duration_s > caught.value.limit_s


def test_a_text_is_refused_by_the_seconds_it_would_last() -> None:
    text = "This sentence is quite short. " * 40

    with pytest.raises(errors.ScriptTooLong) as caught:
        check_script(text, LIMITS)

    assert caught.value.limit_s == 60.0
    assert check_script(text, SpeechSettings(max_s=300.0)).duration_s > 60.0


def test_an_error_about_a_script_does_not_repeat_it() -> None:
    with pytest.raises(errors.ScriptTooLong) as caught:
        check_script("secretword " * 10_000, LIMITS)

    assert "secretword" not in str(caught.value)


def test_a_plan_holds_the_clean_text_and_its_sentences() -> None:
    plan = check_script("**Hello** Dr. Rao!\nIt costs ₹500. Come in", LIMITS)

    assert plan.text == "Hello Doctor Rao!\nIt costs 500 rupees. Come in"
    assert plan.sentences == ("Hello Doctor Rao!", "It costs 500 rupees.", "Come in")
    assert 3.0 < plan.duration_s < 7.0


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One. Two? Three! Four", ["One.", "Two?", "Three!", "Four"]),
        ("यह एक है। यह दो है॥ तीन", ["यह एक है।", "यह दो है॥", "तीन"]),
        ("یہ ایک ہے۔ دو؟ تین", ["یہ ایک ہے۔", "دو؟", "تین"]),
        ("Mr. Rao and Smt. Devi live at No. 5.", ["Mr. Rao and Smt. Devi live at No. 5."]),
        ("He said 3.14 is near. e.g. pi.", ["He said 3.14 is near. e.g. pi."]),
        ('"Stop!" She ran.', ['"Stop!"', "She ran."]),
        ("one\n...\ntwo", ["one", "two"]),
    ],
)
def test_sentences_end_where_people_end_them(text: str, pieces: list[str]) -> None:
    assert list(sentences(text)) == pieces


@given(st.text(st.sampled_from("abc .,;!?।\n—"), max_size=3_000))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    kept = " ".join(sentences(text))

    assert [c for c in kept if c in "abc"] == [c for c in text if c in "abc"]
    assert all(len(piece) <= 600 for piece in sentences(text))


def test_who_speaks_slowly_may_say_less_and_who_speaks_fast_more() -> None:
    text = "The morning train to Pune leaves at six. " * 20
    limits = SpeechSettings(max_s=60.0)

    assert 50 < check_script(text, limits).duration_s < 60
    with pytest.raises(errors.ScriptTooLong):
        check_script(text, limits, -20)
    assert check_script(text * 2, SpeechSettings(max_s=90.0), 40).duration_s < 90
