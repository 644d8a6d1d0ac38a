"""An operator's list changes how words are said, and a bad one is refused."""

from pathlib import Path

import pytest

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.text import check_script


def settings(folder: Path, text: str) -> SpeechSettings:
    file = folder / "words.toml"
    file.write_text(text, encoding="utf-8")
    return SpeechSettings(pronunciations=str(file))


def test_words_of_the_list_are_written_as_they_sound(tmp_path: Path) -> None:
    limits = settings(
        tmp_path, '[words]\nNoida = "नोएडा"\nSQL = "sequel"\n"New Town" = "nyoo town"\n'
    )

    plan = check_script("noida SQL, MySQL in New Town!", limits)

    assert plan.text == "नोएडा sequel, MySQL in nyoo town!"
    assert check_script(plan.text, limits).text == plan.text


@pytest.mark.parametrize(
    "text",
    ["[words]\nx = 3", "[words", "words = 'x'", '[words]\na = "b"\nb = "c"', '[words]\na = "a a"'],
)
def test_a_bad_list_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(errors.SettingsInvalid):
        check_script("a b c", settings(tmp_path, text))


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.SettingsInvalid):
        check_script("a", SpeechSettings(pronunciations=str(tmp_path / "none.toml")))
