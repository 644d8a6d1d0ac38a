"""Where recordings are looked at: made into speech, and, where that is possible, into words.

For doors: they hand in a stranger's file, and get what may go into a request. How sound is decoded
stands in ``recorded.py``, who hears words in ``transcribing.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.settings import SpeechSettings
from pipeline.speech.recorded import recorded_speech
from pipeline.speech.transcribing import Transcript, create_transcriber
from pipeline.types import Speech


class RecordingDesk:
    """Looks at recordings; whoever writes words down starts when first asked."""

    def __init__(self, settings: SpeechSettings, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._transcriber = create_transcriber(settings, environment)

    @property
    def no_words_because(self) -> str | None:
        """Why recordings cannot be turned into words here; None where they can."""
        return self._transcriber.reason

    async def check(
        self, source: Path, into: Path, *, cut: bool = False, clean: bool = False
    ) -> Speech:
        """Make speech of a recording, as a WAV at ``into``; see ``recorded_speech``."""
        return await recorded_speech(source, into, self._settings, cut=cut, clean=clean)

    async def transcribe(self, recording: Path) -> Transcript:
        """Write down what is said in a WAV of ``check``; see ``Transcriber``."""
        return await self._transcriber.transcribe(recording)

    async def close(self) -> None:
        """Let go of processes. Safe to repeat."""
        await self._transcriber.close()
