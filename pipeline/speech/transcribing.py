"""What is said in a recording, as text, so that another voice can say it: port and adapter.

Optional: it needs the extra ``transcribe`` (faster-whisper) and its model, which ``bolti models
pull whisper-small`` brings or ``speech.whisper_model`` names. Without them everybody hears plainly
that recordings are not turned into words here. The model runs in a process of its own
(``whisper.py``). What comes out is a guess: nobody may speak it before the person has read it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter

from pipeline import errors
from pipeline.booth import Booth
from pipeline.child import Message
from pipeline.cuda_files import kept_kernels, kernels_under
from pipeline.settings import Settings, SpeechSettings

MODULE = "pipeline.speech.whisper"
MOST_BYTES = 1 << 30
"""More than any WAV of ours has: speech.max_s allows ten minutes."""
LANGUAGES = ("en", "hi", "ta", "te", "bn", "mr", "gu", "kn", "ml", "pa", "ur")
"""Nobody here speaks another one; without this, short notes turn out Welsh."""
PULL = "bring it with: bolti models pull whisper-small"
INSTALL = "install it with: pip install 'bolti[transcribe]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was heard."""

    text: str
    language: str
    """Two letters: en, hi, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscribeRequest:
    """What the child is asked."""

    recording: Path
    model: Path
    languages: tuple[str, ...]


REQUEST = TypeAdapter(TranscribeRequest)
TRANSCRIPT = TypeAdapter(Transcript)


class Transcriber(Protocol):
    """Turns recordings into words."""

    reason: str | None
    """Why nobody can do that here; None where somebody can."""

    async def transcribe(self, recording: Path) -> Transcript:
        """Hear one of our own WAVs, as ``recorded_speech`` makes them.

        Raises ``TranscriberUnavailable``, ``NoSpeechFound``, ``ChildTimedOut``, ``ChildDied``.
        """
        ...

    async def close(self) -> None:
        """Let go of the process. Safe to repeat."""
        ...


def create_transcriber(
    all_settings: Settings, environment: Mapping[str, str], scratch: Path
) -> Transcriber:
    """Make the transcriber that can run here, or one that says why none can.

    Recordings are shown to it in ``scratch``.
    """
    settings, kernels = all_settings.speech_in_place, kernels_under(all_settings.data_dir)
    if importlib.util.find_spec("faster_whisper") is None:
        return NoTranscriber(f"faster-whisper is not installed; {INSTALL}")
    if not (Path(settings.whisper_model) / "model.bin").is_file():
        return NoTranscriber(f"its model is not here; {PULL}")
    model = str(Path(settings.whisper_model).resolve())
    ours = {**environment, **kept_kernels(kernels)}
    booth = Booth("whisper", MODULE, ours, scratch, model, str(kernels))
    return WhisperTranscriber(settings, booth)


class NoTranscriber:
    """Says that there is none, and why."""

    def __init__(self, reason: str) -> None:
        self.reason: str | None = reason

    async def transcribe(self, recording: Path) -> Transcript:
        """Raise ``TranscriberUnavailable``."""
        raise errors.TranscriberUnavailable(self.reason or "there is no transcriber")

    async def close(self) -> None:
        """Nothing to close."""


class WhisperTranscriber:
    """faster-whisper in a process of its own, which sees one recording at a time."""

    def __init__(self, settings: SpeechSettings, booth: Booth) -> None:
        self.reason: str | None = None
        self._settings, self._booth = settings, booth
        self._model = Path(settings.whisper_model).resolve()

    async def transcribe(self, recording: Path) -> Transcript:
        """Hear a recording by its absolute path; the first one also waits for the model."""

        def order(given: Path, _made: Path) -> Message:
            request = TranscribeRequest(recording=given, model=self._model, languages=LANGUAGES)
            question: Message = REQUEST.dump_python(request, mode="json")
            return question

        answer = await self._booth.show(
            recording,
            order,
            most_bytes=MOST_BYTES,
            limit_s=self._settings.transcribe_limit_s,
        )
        transcript = TRANSCRIPT.validate_python(answer)
        if not transcript.text.strip():
            raise errors.NoSpeechFound
        return transcript

    async def close(self) -> None:
        """Kill the child. Safe to repeat."""
        await self._booth.close()
