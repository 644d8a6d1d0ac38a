"""Each piece of a text goes to a table that can read it."""

import pytest

from pipeline.speech.letters import has_indic, runs


@pytest.mark.parametrize(
    ("text", "table", "pieces"),
    [
        ("Hello नमस्ते 5", "hi", [("Hello नमस्ते 5", "hi")]),
        ("Hello நான் 50 ok", "hi", [("Hello ", "hi"), ("நான் 50 ", "ta"), ("ok", "hi")]),
        ("நான் Ravi.", "ta", [("நான் ", "ta"), ("Ravi.", "hi")]),
        ("50 பேர்", "ta", [("50 பேர்", "ta")]),
        ("नमस्कार ok", "mr", [("नमस्कार ", "mr"), ("ok", "hi")]),
        ("নমস্কাৰ", "as", [("নমস্কাৰ", "as")]),
        ("নমস্কার", "hi", [("নমস্কার", "bn")]),
        ("নমস্কাৰ ok", "hi", [("নমস্কাৰ ", "as"), ("ok", "hi")]),
        ("নমস্কাৰ", "bn", [("নমস্কাৰ", "as")]),
        ("123", "ta", [("123", "ta")]),
        ("", "ta", []),
    ],
)
def test_a_text_is_cut_where_the_writing_changes(
    text: str, table: str, pieces: list[tuple[str, str]]
) -> None:
    assert list(runs(text, table)) == pieces


def test_a_danda_or_a_digit_makes_no_text_indic() -> None:
    assert not has_indic("Hello । १२३ 5")
    assert has_indic("Hello क")
