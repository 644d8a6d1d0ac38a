"""The chain: who speaks when a provider cannot, and which voice reads which sentence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.child import Child
from pipeline.media.read import read_wav
from pipeline.settings import EdgeSettings, SpeechSettings, child_environment
from pipeline.speech import Synthesizer, create, known_voices
from pipeline.speech.chain import Chain
from pipeline.speech.edge import EdgeSynthesizer
from pipeline.speech.embedded import EmbeddedSynthesizer
from pipeline.types import Speech, Utterance, VoiceChange, VoiceId
from tests.edge.fixtures import SteppedTime
from tests.edge.server import EdgeServer
from tests.speech_server import SpeechServer

NEERJA = "en-IN-NeerjaNeural"
TEXT = "Good morning my friend."
SETTINGS = SpeechSettings(edge=EdgeSettings(idle_s=0.3))


@pytest.fixture
async def chain(edge: EdgeServer, stepped: SteppedTime) -> AsyncIterator[Chain]:
    links: dict[str, Synthesizer] = {
        "edge": EdgeSynthesizer(SETTINGS, pace=stepped.pace),
        "embedded": EmbeddedSynthesizer(
            SETTINGS, Child("speech", "pipeline.speech", child_environment())
        ),
    }
    made = Chain(links, known_voices(SETTINGS), SETTINGS)
    yield made
    await made.close()


async def say(chain: Chain, into: Path, text: str = TEXT, voice: str = NEERJA) -> Speech:
    return await chain.synthesize(Utterance(text=text, voice_id=VoiceId(voice)), into / "a.wav")


async def test_the_voice_that_was_asked_for_speaks(chain: Chain, tmp_path: Path) -> None:
    speech = await say(chain, tmp_path)

    assert (speech.provider, speech.voice_id, speech.voice_change) == ("edge", NEERJA, None)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    ("voice", "stand_in"),
    [
        (NEERJA, "embedded-en-in-f"),
        ("en-IN-PrabhatNeural", "embedded-en-in-m"),
        ("ta-IN-ValluvarNeural", "embedded-ta-m"),
    ],
)
async def test_when_edge_is_down_an_embedded_voice_like_it_speaks_and_says_so(
    edge: EdgeServer, chain: Chain, tmp_path: Path, voice: str, stand_in: str
) -> None:
    edge.script.extend(["503"] * 20)

    speech = await say(chain, tmp_path, voice=voice)

    assert (speech.requested_voice_id, speech.voice_id) == (voice, stand_in)
    assert (speech.provider, speech.voice_change) == ("embedded", VoiceChange.UNAVAILABLE)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


async def test_an_embedded_voice_never_asks_edge(
    edge: EdgeServer, chain: Chain, tmp_path: Path
) -> None:
    speech = await say(chain, tmp_path, "Hello नमस्ते வணக்கம்.", "embedded-hi-f")

    assert (speech.voice_id, speech.voice_change) == ("embedded-hi-f", None)
    assert edge.heard == []
    assert edge.lists_asked == 0


async def test_a_voice_of_a_provider_that_is_not_in_the_chain_has_a_stand_in(
    tmp_path: Path,
) -> None:
    settings = SpeechSettings(chain=("embedded",))
    chain = create(settings, child_environment())

    speech = await chain.synthesize(
        Utterance(text=TEXT, voice_id=VoiceId("hi-IN-MadhurNeural")), tmp_path / "a.wav"
    )
    await chain.close()

    assert (speech.voice_id, speech.voice_change) == ("embedded-hi-m", VoiceChange.UNAVAILABLE)


async def test_each_sentence_goes_to_a_voice_that_can_read_it(
    edge: EdgeServer, chain: Chain, tmp_path: Path
) -> None:
    text = "Good morning. आज मौसम अच्छा है, really nice. வணக்கம் நண்பர்களே. See you."

    speech = await say(chain, tmp_path, text)

    spoken = [(heard.voice.split(", ")[1].rstrip(")"), heard.text) for heard in edge.heard]
    assert spoken == [
        ("NeerjaNeural", "Good morning."),
        ("SwaraNeural", "आज मौसम अच्छा है, really nice."),
        ("PallaviNeural", "வணக்கம் நண்பர்களே."),
        ("NeerjaNeural", "See you."),
    ]
    assert (speech.voice_id, speech.voice_change) == (NEERJA, None)
    assert [w.text for w in speech.words] == [w.strip(".,") for w in text.split()]
    assert all(a.end_s <= b.start_s for a, b in zip(speech.words, speech.words[1:], strict=False))
    assert read_wav(speech.path).duration_s == pytest.approx(speech.duration_s)


async def test_a_text_that_the_voice_cannot_read_at_all_tells_why_another_spoke(
    chain: Chain, tmp_path: Path
) -> None:
    speech = await say(chain, tmp_path, "आज मौसम अच्छा है।")

    assert (speech.voice_id, speech.voice_change) == ("hi-IN-SwaraNeural", VoiceChange.WRITING)


async def test_a_language_that_edge_lacks_is_read_by_the_embedded_voice(
    chain: Chain, tmp_path: Path
) -> None:
    speech = await say(chain, tmp_path, "ਸਤ ਸ੍ਰੀ ਅਕਾਲ ਜੀ। Good morning to all of you.")

    assert speech.voice_id == NEERJA
    assert speech.sample_rate_hz == 24_000
    assert [w.text for w in speech.words][:2] == ["ਸਤ", "ਸ੍ਰੀ"]


async def test_when_edge_fails_in_the_middle_the_whole_script_changes_its_voice(
    edge: EdgeServer, chain: Chain, tmp_path: Path
) -> None:
    edge.script.append("ok")
    edge.script.extend(["503"] * 20)

    speech = await say(chain, tmp_path, "Good morning. आज मौसम अच्छा है।")

    assert (speech.provider, speech.voice_id) == ("embedded", "embedded-en-in-f")
    assert speech.phones


async def test_a_pause_is_silence_of_its_length(chain: Chain, tmp_path: Path) -> None:
    speech = await say(chain, tmp_path, "Good morning. [pause 2s] My friend.")

    second = next(word for word in speech.words if word.text == "My")
    first = next(word for word in speech.words if word.text == "morning")
    assert second.start_s - first.end_s == pytest.approx(2.0, abs=0.25)
    samples = read_wav(speech.path).samples
    between = samples[round((first.end_s + 0.2) * 24_000) : round((second.start_s - 0.2) * 24_000)]
    assert not between.any()


async def test_a_script_of_many_parts_is_refused_by_its_whole_length(
    edge: EdgeServer, stepped: SteppedTime, tmp_path: Path
) -> None:
    settings = SpeechSettings(max_s=8.0, chain=("embedded",))
    chain = create(settings, child_environment())

    with pytest.raises(errors.ScriptTooLong):
        await chain.synthesize(
            Utterance(
                text="One two three. [pause 5s] Four five six. [pause 4s] Seven.",
                voice_id=VoiceId("embedded-en-in-f"),
            ),
            tmp_path / "a.wav",
        )
    await chain.close()

    assert not list(tmp_path.iterdir())


async def test_without_any_provider_left_the_last_reason_is_told(
    edge: EdgeServer, stepped: SteppedTime, tmp_path: Path
) -> None:
    edge.script.extend(["503"] * 20)
    chain = Chain(
        {"edge": EdgeSynthesizer(SETTINGS, pace=stepped.pace)}, known_voices(SETTINGS), SETTINGS
    )

    with pytest.raises(errors.SpeechUnavailable, match="503"):
        await say(chain, tmp_path)
    await chain.close()


async def test_a_server_of_ones_own_can_come_first(
    edge: EdgeServer, speech_server: SpeechServer, tmp_path: Path
) -> None:
    settings = SpeechSettings(chain=("openai", "embedded"), openai=speech_server.settings)
    chain = create(settings, child_environment())

    speech = await chain.synthesize(
        Utterance(text=TEXT, voice_id=VoiceId("own-asha")), tmp_path / "a.wav"
    )
    speech_server.status = 500
    fallen = await chain.synthesize(
        Utterance(text=TEXT, voice_id=VoiceId("own-ravi")), tmp_path / "b.wav"
    )
    await chain.close()

    assert (speech.provider, speech.voice_id) == ("openai", "own-asha")
    assert fallen.voice_id == "embedded-en-in-m"
