"""Phones for voices that tell only words, against the truth that the embedded voice tells."""

import statistics
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.child import Child
from pipeline.settings import SpeechSettings, child_environment
from pipeline.speech import create
from pipeline.speech.embedded import EmbeddedSynthesizer
from pipeline.speech.phonetics import EspeakPhonetics
from pipeline.types import Speech, Utterance, VoiceId
from tests.edge.server import EdgeServer
from tests.speech_server import SpeechServer

SENTENCES = [
    ("embedded-en-in-m", "Water is very important for the development of the village."),
    ("embedded-en-in-f", "Good morning everyone, please come to our new shop before Monday."),
    ("embedded-hi-m", "नमस्ते, मेरा नाम रवि है और मैं दिल्ली में रहता हूँ।"),
    ("embedded-ta-f", "வணக்கம், என் பெயர் ரவி. நான் சென்னையில் வசிக்கிறேன்."),
]


@pytest.fixture
async def child() -> AsyncIterator[Child]:
    made = Child("speech", "pipeline.speech", child_environment())
    yield made
    await made.close()


async def test_phone_boundaries_lie_within_a_frame_of_video_of_the_truth(
    child: Child, tmp_path: Path
) -> None:
    embedded = EmbeddedSynthesizer(SpeechSettings(), child)
    errors_s = []
    for voice, text in SENTENCES:
        spoken = await embedded.synthesize(
            Utterance(text=text, voice_id=VoiceId(voice)), tmp_path / "a.wav"
        )
        truth = [p.start_s for p in spoken.phones if p.text]
        locale = {"e": "en-IN", "h": "hi-IN", "t": "ta-IN"}[voice.split("-")[1][0]]

        found = await EspeakPhonetics(child).phones(replace(spoken, phones=()), locale)

        errors_s += [min(abs(p.start_s - t) for t in truth) for p in found if p.text]
    assert statistics.mean(errors_s) < 0.025
    assert statistics.quantiles(errors_s, n=10)[-1] < 0.060


async def test_an_online_voice_gets_phones(edge: EdgeServer, tmp_path: Path) -> None:
    chain = create(SpeechSettings(), child_environment())

    speech = await say(chain, "en-IN-NeerjaNeural", tmp_path)
    await chain.close()

    assert speech.provider == "edge"
    texts = [phone.text for phone in speech.phones]
    assert texts[0] == texts[-1] == ""
    assert "ʋ" in "".join(texts)
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s)


async def test_a_server_of_ones_own_gets_phones(
    speech_server: SpeechServer, tmp_path: Path
) -> None:
    settings = SpeechSettings(chain=("openai",), openai=speech_server.settings)
    chain = create(settings, child_environment())

    speech = await say(chain, "own-asha", tmp_path)
    await chain.close()

    assert speech.phones


async def test_without_the_child_there_are_words_and_no_phones(
    edge: EdgeServer, tmp_path: Path
) -> None:
    gone = EspeakPhonetics(Child("speech", "pipeline.nowhere", child_environment()))
    chain = create(SpeechSettings(), child_environment())
    speech = await say(chain, "en-IN-NeerjaNeural", tmp_path)
    await chain.close()

    assert speech.words
    assert tuple(await gone.phones(speech, "en-IN")) == ()


async def say(chain: object, voice: str, into: Path) -> Speech:
    from pipeline.speech.chain import Chain

    assert isinstance(chain, Chain)
    asked = Utterance(text="Water is very important.", voice_id=VoiceId(voice))
    return await chain.synthesize(asked, into / "a.wav")
