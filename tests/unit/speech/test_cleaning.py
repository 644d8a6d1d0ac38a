"""What people type and what is spoken of it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.speech.amounts import in_lakhs
from pipeline.speech.cleaning import clean
from pipeline.speech.letters import is_speakable
from pipeline.speech.pauses import without_pauses

SPOKEN = [
    # money and numbers, the Indian way
    ("₹1,50,000.50", "1 lakh 50 thousand rupees 50 paise"),
    ("Rs. 500/- only", "500 rupees only"),
    ("rs 99", "99 rupees"),
    ("INR 25,00,000", "25 lakh rupees"),
    ("₹5 lakh and ₹2.5 crore", "5 lakh rupees and 2.5 crore rupees"),
    ("₹1", "1 rupee"),
    ("₹0.50", "50 paise"),
    ("₹1.5", "1 rupee 50 paise"),
    ("₹1,00,00,000", "1 crore rupees"),
    ("25,00,000 people", "25 lakh people"),
    ("1,234,567 people", "1,234,567 people"),
    ("3.14", "3.14"),
    ("50% off", "50 percent off"),
    ("salt & pepper", "salt and pepper"),
    ("+91 98765 43210", "plus 91, 9 8 7 6 5, 4 3 2 1 0"),
    ("नया ₹1,50,000 है", "नया 1,50,000 रुपये है"),
    ("50% छूट & चाय", "50 प्रतिशत छूट और चाय"),
    ("விலை Rs 500", "விலை 500 rupees"),
    ("hours 5", "hours 5"),
    # markup and addresses
    ("**bold** _it_ `code` ~no~", "bold it code no"),
    ("[a text](http://x.y/z) here", "a text here"),
    ("see https://a.b/c?d=e&f=%20 ok", "see link ok"),
    ("WWW.example.com", "link"),
    ("mail ravi.k@example.co.in now", "mail ravi dot k at example dot co dot in now"),
    ("#Diwali with @ravi", "Diwali with ravi"),
    ("```code\nhere``` done", "done"),
    ("<speak>Hi <break time='1s'/> there</speak>", "Hi there"),
    ("[[h@l'oU]] \\x", "h l'oU x"),
    ("- one\n- two\n\n\n1) three", "one\ntwo\nthree"),
    ("and/or 1/2", "and or 1/2"),
    # what is not seen
    ("Hello 😀😀 world👨\u200d👩\u200d👧", "Hello world"),
    ("1️⃣ first 🇮🇳", "1 first"),
    ("क्\u200dष रु\u200cट", "क्\u200dष रु\u200cट"),  # joiners make conjuncts: kept
    ("a \u200d b", "a b"),
    ("abc\u202edef\u202c\u2066x\u2069", "abcdefx"),
    ("x\ud800y\x00\x1b[0;31m\x7f\x1bz", "xyz"),
    ("zero\u200bwidth\ufeff soft\u00adhyphen", "zerowidth softhyphen"),
    ("non\u00a0breaking", "non breaking"),
    ("𝐇𝐞𝐥𝐥𝐨 Ｗｏｒｌｄ", "Hello World"),
    ("cafe\u0301", "café"),
    ("Kṛṣṇa Łódź ½", "Krsna Lódz ½"),
    ("hello привет 漢字 ok", "hello ok"),
    ("a\u0300\u0301\u0302\u0303\u0304b", "àb"),
    # punctuation and space
    ("Wait... what!!! Really???", "Wait, what! Really?"),
    ("a\tb\r\nc\rd", "a b\nc\nd"),
    ("a ,b", "a,b"),
    ("...", ","),
    ("😀", ""),
]


@pytest.mark.parametrize(("typed", "spoken"), SPOKEN)
def test_a_script_is_read_as_people_mean_it(typed: str, spoken: str) -> None:
    assert clean(typed) == spoken


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        (0, "0"),
        (999, "999"),
        (100_000, "1 lakh"),
        (150_500, "1 lakh 50 thousand 500"),
        (12_34_56_789, "12 crore 34 lakh 56 thousand 789"),
        (10**12, "1 lakh crore"),
    ],
)
def test_numbers_are_grouped_in_lakh_and_crore(number: int, spoken: str) -> None:
    assert in_lakhs(number) == spoken


def test_a_run_without_a_space_is_broken_and_nothing_of_it_lost() -> None:
    run = "abcdefghij" * 40

    pieces = clean(run).split(" ")

    assert "".join(pieces) == run
    assert max(map(len, pieces)) <= 100


def test_a_run_is_never_broken_before_a_vowel_sign() -> None:
    pieces = clean("कि" * 30 + "क" + "कि" * 60).split(" ")

    assert len(pieces) > 1
    assert not any(piece.startswith("ि") for piece in pieces)


FRAGMENTS = [
    *("₹", "Rs.", "INR", "1,50,000", ".50", "%", "&", "+91", "98765", "43210", "lakh", "/-"),
    *("@", "#", "*", "_", "`", "```", "[a](b)", "<", ">", "</b>", "http://", "www.", "a@b.c"),
    *("...", "!!!", "-", "1)", " ", "\n", "\t", "😀", "1️⃣", "\u200d", "\u200c", "\u202e", "\ud800"),
    *("15/08", "/2024", "9:30", " am", "p.m.", "-", "1st", " km", "sq ft", "°C", "5G", "+", "="),
    *("Dr.", "etc.", "U.P.", "UPI", "GSTs", "No.", "PIN ", "OTP is", "Ph.D", "Aug", "Mon,", "X"),
    *("[pause 1s]", "[pause", ".com", "example", "'", '"', "24", "k", "−", "²", "5", "0"),
    *("क्", "ि", "தமிழ்", "اردو", "𝐇", "a\u0301"),
]
TYPED = st.lists(
    st.text(st.characters(exclude_categories=[]), max_size=12) | st.sampled_from(FRAGMENTS),
    max_size=20,
).map("".join)


@given(TYPED)
@example("htt\u200bp://x.y")
@example("Rs*500")
@example("[[a](b)](c)")
@example("``````a```")
@example("- " * 50 + "a")
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    once = clean(typed)

    assert clean(once) == once


@given(TYPED)
def test_what_is_spoken_can_be_sent_and_has_no_markup_left(typed: str) -> None:
    spoken = without_pauses(clean(typed))

    spoken.encode()
    assert not set(spoken) & set("₹%&@#*_`<>[]{}\\^=~|\x00\u202e")


INDIC = [chr(point) for point in range(0x900, 0xD80) if chr(point).isalpha()]
LETTERS = [*INDIC, *"abcXYZéñøāīūḍṭṣśṅŁđ𝐇Ｗ", *"سلامی"]


@given(st.text(st.sampled_from(LETTERS), min_size=1, max_size=200))
def test_letters_that_a_voice_reads_are_never_lost(letters: str) -> None:
    kept = clean(letters)

    assert is_speakable(kept)
    assert sum(c.isalpha() for c in kept) >= sum(c.isalpha() for c in letters)


PLAIN = ["apple", "tree", "ghar", "kaise", "market", "नमस्ते", "पानी", "வணக்கம்", "together"]
AROUND = ["₹500", "5 km", "9:30 am", "Dr. Rao", "15/08/2024", "UPI", "😀", "**", "&", "1st", "..."]


@given(st.lists(st.sampled_from(PLAIN + AROUND), max_size=20))
def test_no_plain_word_is_lost_or_said_twice(words: list[str]) -> None:
    said = clean(" ".join(words)).replace(",", " ").replace(".", " ").split()

    assert [word for word in said if word in PLAIN] == [word for word in words if word in PLAIN]
