"""What every provider of speech promises. A new one is tested by being listed here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.child import Child
from pipeline.media.read import read_wav
from pipeline.settings import SpeechSettings, child_environment
from pipeline.speech import Synthesizer, create
from pipeline.speech.edge import EdgeSynthesizer
from pipeline.speech.embedded import EmbeddedSynthesizer
from pipeline.speech.openai import OpenAISynthesizer
from pipeline.types import Utterance, VoiceId
from tests.edge.fixtures import edge as edge_server
from tests.edge.server import EdgeServer
from tests.speech_server import SpeechServer, speech_server

__all__ = ["edge_server", "speech_server"]

SENTENCE = "Namaste! The train to Nagpur leaves at 6, from platform 12."


Make = Callable[[SpeechSettings, Path], Synthesizer]


def embedded(settings: SpeechSettings, keep: Path) -> Synthesizer:
    return EmbeddedSynthesizer(settings, Child("speech", "pipeline.speech", child_environment()))


def edge(settings: SpeechSettings, keep: Path) -> Synthesizer:
    return EdgeSynthesizer(settings)


def openai(settings: SpeechSettings, keep: Path) -> Synthesizer:
    return OpenAISynthesizer(settings)


def chain(settings: SpeechSettings, keep: Path) -> Synthesizer:
    return create(settings, child_environment(), keep)


def chain_without_network(settings: SpeechSettings, keep: Path) -> Synthesizer:
    offline = settings.edge.model_copy(update={"proxy": "http://127.0.0.1:9"})
    return create(settings.model_copy(update={"edge": offline}), child_environment())


def chain_of_embedded(settings: SpeechSettings, keep: Path) -> Synthesizer:
    return create(settings.model_copy(update={"chain": ("embedded",)}), child_environment())


SYNTHESIZERS: list[Make] = [
    embedded,
    edge,
    openai,
    chain,
    chain_without_network,
    chain_of_embedded,
]


@pytest.fixture(params=SYNTHESIZERS, ids=lambda make: make.__name__)
async def synthesizer(
    request: pytest.FixtureRequest,
    edge_server: EdgeServer,
    speech_server: SpeechServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Synthesizer]:
    settings = SpeechSettings(max_s=30.0, openai=speech_server.settings)
    make: Make = request.param
    made = make(settings, tmp_path_factory.mktemp("kept"))
    yield made
    await made.close()


async def utterance(synthesizer: Synthesizer, text: str) -> Utterance:
    voice = (await synthesizer.voices())[0]
    return Utterance(text=text, voice_id=voice.id)


async def test_the_speech_is_as_long_as_its_sound(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    speech = await synthesizer.synthesize(
        await utterance(synthesizer, SENTENCE), tmp_path / "a.wav"
    )

    sound = read_wav(speech.path)
    assert sound.duration_s == pytest.approx(speech.duration_s, rel=0.01)
    assert sound.sample_rate_hz == speech.sample_rate_hz
    assert np.abs(sound.samples.astype(int)).max() > 3_000


async def test_words_lie_inside_the_speech_in_order(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    speech = await synthesizer.synthesize(
        await utterance(synthesizer, SENTENCE), tmp_path / "a.wav"
    )

    assert [w.text for w in speech.words][:3] == ["Namaste", "The", "train"]
    assert len(speech.words) == len(SENTENCE.split())
    assert all(0 <= w.start_s < w.end_s <= speech.duration_s for w in speech.words)
    assert all(a.start_s <= b.start_s for a, b in pairwise(speech.words))


async def test_phones_where_known_cover_the_speech_in_order(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    speech = await synthesizer.synthesize(
        await utterance(synthesizer, SENTENCE), tmp_path / "a.wav"
    )

    if speech.phones:
        assert speech.phones[0].start_s == 0
        assert speech.phones[-1].end_s == pytest.approx(speech.duration_s)
        assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(speech.phones))


async def test_the_speech_says_who_spoke(synthesizer: Synthesizer, tmp_path: Path) -> None:
    asked = await utterance(synthesizer, "Hello")

    speech = await synthesizer.synthesize(asked, tmp_path / "a.wav")

    voices = {voice.id: voice for voice in await synthesizer.voices()}
    assert speech.requested_voice_id == asked.voice_id
    assert speech.voice_id in voices
    assert speech.provider == voices[speech.voice_id].provider


async def test_a_voice_that_is_not_there_is_refused(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    asked = Utterance(text="Hello", voice_id=VoiceId("nobody"))

    with pytest.raises(errors.VoiceUnknown):
        await synthesizer.synthesize(asked, tmp_path / "a.wav")


@pytest.mark.parametrize("text", ["", "  \n", "😀", "...", "\ud800"])
async def test_nothing_to_say_is_refused(
    synthesizer: Synthesizer, tmp_path: Path, text: str
) -> None:
    with pytest.raises(errors.ScriptEmpty):
        await synthesizer.synthesize(await utterance(synthesizer, text), tmp_path / "a.wav")

    assert not list(tmp_path.iterdir())


async def test_what_speaks_too_long_is_refused_and_leaves_nothing(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    with pytest.raises(errors.ScriptTooLong) as caught:
        await synthesizer.synthesize(
            await utterance(synthesizer, "Never a day without a word. " * 60), tmp_path / "a.wav"
        )

    assert caught.value.duration_s > caught.value.limit_s == 30.0
    assert not list(tmp_path.iterdir())


async def test_a_cancelled_request_leaves_nothing_and_the_next_one_is_served(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    asked = await utterance(synthesizer, "One two three. " * 10)
    task = asyncio.create_task(synthesizer.synthesize(asked, tmp_path / "a.wav"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not list(tmp_path.iterdir())

    speech = await synthesizer.synthesize(asked, tmp_path / "b.wav")

    assert speech.path.is_file()


async def test_closing_twice_is_fine(synthesizer: Synthesizer) -> None:
    await synthesizer.close()
    await synthesizer.close()
