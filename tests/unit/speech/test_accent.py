"""English in an Indian accent: the map, its two rules, and the phrase that espeak-ng is given."""

import pytest

from pipeline.speech.accent import CONSONANTS, VOWELS, accented, function_word, unmapped
from pipeline.speech.phrase import phrases

SENTENCE = "Water is very important for the development of the village"
MNEMONICS = {
    "Water": "w_'O:_t_3",
    "very": "v_'E_r_I2",
    "important": "I_m_p_'o@_t_@_n_t",
    "development": "d_I2_v_'E_l_@_p_m_@_n_t",
    "village": "v_'I_l_I2_dZ",
}


@pytest.mark.parametrize(
    ("mnemonics", "spoken"),
    [
        ("w_'O:_t_3", "v'O:t.@r"),  # v and w are one sound, t is retroflex, r is kept
        ("T_'I_N_k", "t#'INk"),  # th is a dental stop
        ("D_I2_s", "dIs"),
        ("f_'eI_s", "f'e:s"),  # FACE and GOAT are plain long vowels
        ("g_'oU_t", "g'o:t."),
        ("l_'0_t", "l'Ot."),
        ("b_'aa_T", "b'a:t#"),
        ("b_'V_t", "b'Vt."),  # a stressed V stays, an unstressed one would vanish
        ("b_V_t", "b@t."),
        ("f_'A@_r_m", "f'a:rm"),  # the r of the vowel and the r after it are one
        ("l_'I_t_l-", "l'It.@l"),  # syllabic consonants get their vowel back
        ("(en)_h_'E_l_oU_(hi)", "h'Elo:"),
        ("%h_=E_|l_!oU", "hElo:"),
        ("b_'Q9_t", "b" + "t."),  # in neither table: dropped, never spoken
    ],
)
def test_english_phonemes_move_to_their_indian_neighbours(mnemonics: str, spoken: str) -> None:
    assert accented(mnemonics) == spoken


def test_a_mnemonic_in_neither_table_is_named() -> None:
    assert unmapped("b_'Q9_t w_'0_n") == ["Q9"]


def test_no_mnemonic_stands_in_both_tables() -> None:
    assert not VOWELS.keys() & CONSONANTS.keys()


def test_function_words_are_found_in_any_case_and_with_any_apostrophe() -> None:
    assert function_word("The") == "d@"
    assert function_word("village") is None


def test_a_sentence_becomes_phonemes_that_the_hindi_table_speaks() -> None:
    (phrase,) = phrases(SENTENCE, table="hi", english_digits=True, phonemes=MNEMONICS.__getitem__)

    spoken = (
        "v'O:t.@r Iz v'ErI Imp'o:rt.@nt. fO:r d@ d.Iv'El@pm@nt. Ov d@ v'IlIdZ"  # as the map says
    )
    assert phrase.text.split() == [f"[[{word}]]" for word in spoken.split()]
    assert [word.text for word in phrase.words] == SENTENCE.split()
    assert all("[[" in phrase.text[w.first - 1 : w.last] for w in phrase.words)


def test_devanagari_goes_in_as_it_is_beside_english() -> None:
    text = "मेरा phone (नया) है।"

    (phrase,) = phrases(text, table="hi", english_digits=False, phonemes=lambda _: "f_'oU_n")

    assert phrase.text == "मेरा [[f'o:n]]  (नया) है।"
    assert [word.text for word in phrase.words] == ["मेरा", "phone", "नया", "है"]


def test_digits_are_english_words_only_in_english_text() -> None:
    def phonemes(word: str) -> str:
        return {"25": "t_w_'E_n_t_i", "years": "j_'i@_z"}[word]

    (english,) = phrases("25 years", table="hi", english_digits=True, phonemes=phonemes)
    (hindi,) = phrases("25 साल", table="hi", english_digits=False, phonemes=phonemes)

    assert english.text.startswith("[[t.v'Ent.i]]")
    assert hindi.text == "25 साल"


def test_long_text_is_cut_between_words_before_espeak_cuts_it_inside_one() -> None:
    cut = list(phrases("नमस्ते " * 120, table="hi", english_digits=False, phonemes=lambda w: w))

    assert [len(phrase.words) for phrase in cut] == [50, 50, 20]
    assert all(phrase.words[0].first == 1 for phrase in cut)


def test_hindi_in_latin_letters_is_read_as_hindi() -> None:
    (phrase,) = phrases("Namaste, Ravi", table="hi", english_digits=True, phonemes=lambda w: w)

    assert phrase.text == "नमस्ते, रवि"
    assert [word.text for word in phrase.words] == ["Namaste", "Ravi"]
