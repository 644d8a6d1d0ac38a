"""The list of voices can be used, and a broken one says so."""

import re
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.voices import edge_voices, embedded_voices, stand_in

LANGUAGES = {"en", "hi", "as", "bn", "gu", "kn", "ml", "mr", "or", "pa", "ta", "te", "ur"}


def test_every_language_has_a_woman_and_a_man() -> None:
    voices = embedded_voices().values()

    spoken = {(voice.locale, voice.gender) for voice in voices}
    assert spoken == {(f"{code}-IN", g) for code in LANGUAGES for g in ("female", "male")}


def test_the_default_voice_is_in_the_list() -> None:
    assert SpeechSettings().voice in edge_voices()


def test_edge_has_a_woman_and_a_man_for_ten_indian_languages() -> None:
    voices = edge_voices().values()

    spoken = {(voice.locale, voice.gender) for voice in voices}
    codes = LANGUAGES - {"as", "or", "pa"}
    assert spoken == {(f"{code}-IN", g) for code in codes for g in ("female", "male")}
    assert all(voice.id.startswith(voice.locale) for voice in voices)


def test_every_natural_voice_has_a_hindi_name_in_devanagari() -> None:
    names = [voice.names.get("hi", "") for voice in edge_voices().values()]

    assert all(names)
    assert not re.search(r"[A-Za-z]", "".join(names))


def test_who_stands_in_speaks_the_same_language_with_the_same_gender_if_possible() -> None:
    edge = [voice.shown() for voice in edge_voices().values()]
    offline = [voice.shown() for voice in embedded_voices().values()]
    neerja, prabhat = edge[0], edge[1]

    assert getattr(stand_in(neerja, "en-IN", edge), "id", "") == "en-IN-NeerjaExpressiveNeural"
    assert stand_in(prabhat, "en-IN", edge, same_gender=True) is None
    assert stand_in(prabhat, "en-IN", edge) == neerja
    assert getattr(stand_in(prabhat, "en-IN", offline), "id", "") == "embedded-en-in-m"
    assert stand_in(neerja, "pa-IN", edge) is None


def test_the_list_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert embedded_voices()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "embedded = 3",
        "[[embedded]]\nid = 'x'",
        "[[embedded]\n",
        "[[embedded]]\nid='x'\nlocale='en-IN'\ngender='female'\nlabel='X'\ntable='hi'\n"
        "variant='../f2'",
    ],
)
def test_a_broken_list_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "voices.toml"
    file.write_text(text)

    with pytest.raises(errors.SettingsInvalid):
        embedded_voices(file)
