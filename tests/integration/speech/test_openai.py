"""Any OpenAI-compatible speech server: what it is asked, and what of its answers is taken."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.openai import OpenAISynthesizer
from pipeline.types import Speech, Utterance, VoiceId
from tests.speech_server import SpeechServer

TEXT = "Good morning my friend. The train leaves at six."


@pytest.fixture
async def synthesizer(speech_server: SpeechServer) -> AsyncIterator[OpenAISynthesizer]:
    server = speech_server.settings.model_copy(update={"key": SecretStr("k-123"), "limit_s": 0.5})
    made = OpenAISynthesizer(SpeechSettings(openai=server))
    yield made
    await made.close()


async def say(synthesizer: OpenAISynthesizer, into: Path) -> Speech:
    asked = Utterance(text=TEXT, voice_id=VoiceId("own-asha"), rate_pct=25)
    return await synthesizer.synthesize(asked, into / "a.wav")


async def test_the_server_is_asked_as_openai_is(
    speech_server: SpeechServer, synthesizer: OpenAISynthesizer, tmp_path: Path
) -> None:
    await say(synthesizer, tmp_path)

    assert speech_server.asked == [
        {
            "model": "maya",
            "input": TEXT.replace(". ", ".\n"),
            "voice": "asha",
            "response_format": "wav",
            "speed": 1.25,
        }
    ]
    assert speech_server.keys == ["Bearer k-123"]


async def test_words_get_times_that_lie_in_the_sound_in_order(
    synthesizer: OpenAISynthesizer, tmp_path: Path
) -> None:
    speech = await say(synthesizer, tmp_path)

    assert [w.text for w in speech.words] == TEXT.replace(".", "").split()
    assert all(a.end_s <= b.start_s for a, b in pairwise(speech.words))
    assert 0 < speech.words[0].start_s < speech.words[-1].end_s < speech.duration_s


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_a_status_is_told_and_neither_key_nor_words_are(
    speech_server: SpeechServer,
    synthesizer: OpenAISynthesizer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    speech_server.status = status

    with pytest.raises(errors.SpeechUnavailable, match=str(status)) as caught:
        await say(synthesizer, tmp_path)

    told = caplog.text + str(caught.value)
    assert "k-123" not in told
    assert "friend" not in told


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"RIFF\0\0\0\0WAVE"])
async def test_an_answer_that_is_no_sound_is_refused(
    speech_server: SpeechServer, synthesizer: OpenAISynthesizer, tmp_path: Path, body: bytes
) -> None:
    speech_server.body = body

    with pytest.raises(errors.SpeechUnavailable):
        await say(synthesizer, tmp_path)

    assert not list(tmp_path.iterdir())


async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    server = SpeechServer(port=9).settings
    synthesizer = OpenAISynthesizer(SpeechSettings(openai=server))

    with pytest.raises(errors.SpeechUnavailable):
        await say(synthesizer, tmp_path)
    await synthesizer.close()
