"""Words of a recording: from faster-whisper where it is, and a plain reason where it is not.

faster-whisper is not among the test packages: a package of its name and shape stands in for it in
the child process.
"""

import importlib.util
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.booth import Booth
from pipeline.confine import confinable
from pipeline.settings import Settings, SpeechSettings, child_environment
from pipeline.speech.transcribing import (
    MODULE,
    NoTranscriber,
    WhisperTranscriber,
    create_transcriber,
)

STAND_IN = """
from types import SimpleNamespace as Some


class WhisperModel:
    def __init__(self, path, device, compute_type, local_files_only):
        assert local_files_only
        if "broken" in path:
            raise RuntimeError("no such model")

    def transcribe(self, path, vad_filter, language=None):
        heard = open(path).read()
        if heard.startswith("look at "):
            heard = open(heard.removeprefix("look at ")).read()
        guess = "cy" if "short" in heard else "hi"
        words = [] if "nothing" in heard else [" नमस्ते ", "दोस्तों  "]
        if language:
            words.append(f"({language})")
        found = Some(language=language or guess, all_language_probs=[("cy", 0.5), ("ta", 0.3)])
        return (Some(text=word) for word in words), found
"""


@pytest.fixture
def whisper(tmp_path: Path) -> WhisperTranscriber:
    code = tmp_path / "code"
    code.mkdir()
    (code / "faster_whisper.py").write_text(STAND_IN)
    ours = child_environment()
    ours["PYTHONPATH"] = f"{code}:{ours.get('PYTHONPATH', '')}"
    return transcriber(tmp_path, "model", ours)


def transcriber(folder: Path, model: str, environment: dict[str, str]) -> WhisperTranscriber:
    settings = SpeechSettings(whisper_model=str(folder / model))
    places = (str(folder / model), str(folder / "kernels"))
    return WhisperTranscriber(
        settings, Booth("whisper", MODULE, environment, folder / "scratch", *places)
    )


def recording(folder: Path, text: str) -> Path:
    path = folder / "speech.wav"
    path.write_text(text)
    return path


async def test_the_words_and_their_language_are_told(
    whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    heard = await whisper.transcribe(recording(tmp_path, "a long note"))
    await whisper.close()

    assert (heard.text, heard.language) == ("नमस्ते दोस्तों", "hi")


@pytest.mark.skipif(not confinable().folders, reason="this kernel cannot limit folders")
async def test_it_hears_one_recording_and_opens_nothing_else(
    whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    secret = tmp_path / "private" / "another.wav"
    secret.parent.mkdir()
    secret.write_text("a long note of somebody else")

    with pytest.raises(errors.RenderFailed, match="PermissionError"):
        await whisper.transcribe(recording(tmp_path, f"look at {secret}"))
    await whisper.close()


async def test_a_language_that_nobody_speaks_here_is_not_believed(
    whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    heard = await whisper.transcribe(recording(tmp_path, "a short note"))
    await whisper.close()

    assert (heard.text, heard.language) == ("नमस्ते दोस्तों (ta)", "ta")


async def test_a_recording_without_words_is_told(
    whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    with pytest.raises(errors.NoSpeechFound):
        await whisper.transcribe(recording(tmp_path, "nothing"))
    await whisper.close()


async def test_a_model_that_cannot_be_loaded_is_told(
    whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    ours = child_environment()
    ours["PYTHONPATH"] = f"{tmp_path / 'code'}:{ours.get('PYTHONPATH', '')}"
    broken = transcriber(tmp_path, "broken", ours)

    with pytest.raises(errors.TranscriberUnavailable, match="cannot be loaded"):
        await broken.transcribe(recording(tmp_path, "x"))
    await broken.close()


@pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is not None, reason="it is installed here"
)
async def test_without_the_extra_the_reason_is_told(tmp_path: Path) -> None:
    absent = create_transcriber(Settings(data_dir=tmp_path), child_environment(), tmp_path)

    assert isinstance(absent, NoTranscriber)
    with pytest.raises(errors.TranscriberUnavailable, match="transcribe"):
        await absent.transcribe(tmp_path / "speech.wav")
    await absent.close()
