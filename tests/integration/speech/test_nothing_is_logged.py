"""Nothing of a script reaches a log or an error, whoever speaks and whatever goes wrong."""

import logging
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.settings import EdgeSettings, SpeechSettings, child_environment
from pipeline.speech import create
from pipeline.types import Utterance, VoiceId
from tests.edge.fixtures import edge
from tests.edge.server import EdgeServer, Mode
from tests.speech_server import SpeechServer, speech_server

__all__ = ["edge", "speech_server"]

SECRET = "Xylophonia"
HOSTILE = [
    f"{SECRET} speaks.",
    f"\ud800{SECRET}\udfff",
    f"\u202e{SECRET}\u202c\u2066{SECRET}\u2069",
    f"<speak><voice name='{SECRET}'>{SECRET}</voice></speak>",
    SECRET * 2_000,
    f"{SECRET} " * 2_000,
    f"中文 {SECRET} 한국어",
    f"[pause 9s] {SECRET} [pause 9s]",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_no_log_and_no_error_holds_a_word(
    edge: EdgeServer,
    speech_server: SpeechServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    text: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    faults: list[Mode] = ["midcut", "midcut", "noaudio", "noaudio", "badjson", "503"]
    edge.script.extend(faults)
    speech_server.status = 500
    settings = SpeechSettings(
        chain=("edge", "openai", "embedded"),
        openai=speech_server.settings,
        edge=EdgeSettings(idle_s=0.5, tries=1),
        max_s=30.0,
    )
    chain = create(settings, child_environment(), tmp_path / "kept")
    asked = Utterance(text=text, voice_id=VoiceId("en-IN-PrabhatNeural"))

    told = ""
    try:
        speech = await chain.synthesize(asked, tmp_path / "a.wav")
        assert speech.path.is_file()
    except errors.ScriptError as e:
        told = f"{e} {e.values()} {e.__cause__} {e.__context__}"
    finally:
        await chain.close()

    assert SECRET.lower() not in (caplog.text + told).lower()
