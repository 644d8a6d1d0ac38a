"""Each sentence gets a voice that can read it; a chosen voice keeps what it can read."""

import pytest

from pipeline.speech.casting import cast, language_of
from pipeline.speech.voices import edge_voices, embedded_voices
from pipeline.types import VoiceId

EDGE = [voice.shown() for voice in edge_voices().values()]
EMBEDDED = [voice.shown() for voice in embedded_voices().values()]
ALL = {"edge": EDGE, "embedded": EMBEDDED}
KNOWN = {voice.id: voice for voice in [*EDGE, *EMBEDDED]}


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Good morning", "en-IN"),
        ("kaise ho doston", "en-IN"),
        ("1234, 5!", "en-IN"),
        ("नमस्ते", "hi-IN"),
        ("My phone खराब है please call me", "hi-IN"),
        ("A very long English sentence about the word नमः here", "en-IN"),
        ("मी पुण्यात आहे", "mr-IN"),
        ("कळत नाही", "mr-IN"),
        ("নমস্কার", "bn-IN"),
        ("মই অসমৰ", "as-IN"),
        ("ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "pa-IN"),
        ("નમસ્તે", "gu-IN"),
        ("ନମସ୍କାର", "or-IN"),
        ("வணக்கம்", "ta-IN"),
        ("నమస్కారం", "te-IN"),
        ("ನಮಸ್ಕಾರ", "kn-IN"),
        ("നമസ്കാരം", "ml-IN"),
        ("السلام علیکم", "ur-IN"),
    ],
)
def test_a_sentence_shows_its_language(text: str, locale: str) -> None:
    assert language_of(text) == locale


@pytest.mark.parametrize(
    ("wanted", "text", "voices"),
    [
        ("hi-IN-MadhurNeural", "Good morning. नमस्ते।", ["hi-IN-MadhurNeural"]),
        ("hi-IN-MadhurNeural", "मी पुण्यात आहे.", ["hi-IN-MadhurNeural"]),
        ("en-IN-PrabhatNeural", "Hi. वह गया। Bye.", ["Prabhat", "Madhur", "Prabhat"]),
        ("ta-IN-PallaviNeural", "వందనం. Hi.", ["te-IN-ShrutiNeural", "ta-IN-PallaviNeural"]),
        ("en-IN-NeerjaNeural", "মই অসমৰ", ["embedded-as-f"]),
        ("embedded-ta-m", "Hi. వందనం. नमस्ते।", ["embedded-ta-m"]),
    ],
)
def test_who_reads_what(wanted: str, text: str, voices: list[str]) -> None:
    spans = cast(text, KNOWN[VoiceId(wanted)], ALL)

    assert spans
    assert len(spans) == len(voices)
    assert all(v in span.voice.id for v, span in zip(voices, spans, strict=True))


def test_a_pause_parts_the_spans_and_belongs_to_what_follows() -> None:
    spans = cast("One. [pause 2s] Two. Three. [pause]", KNOWN[VoiceId("embedded-en-in-f")], ALL)

    assert [(s.text, s.pause_s) for s in spans or ()] == [("One.", 0.0), ("Two.\nThree.", 2.0)]


def test_nobody_is_cast_when_nobody_can_read_it() -> None:
    neerja = KNOWN[VoiceId("en-IN-NeerjaNeural")]

    assert cast("नमस्ते", neerja, {"edge": [neerja]}) is None
    assert cast("Hello", neerja, {}) is None
