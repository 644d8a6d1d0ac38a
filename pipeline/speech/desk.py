"""Where recordings are looked at: made into speech, and, where that is possible, into words.

For doors: they hand in a stranger's file, and get what may go into a request. How sound is decoded
stands in ``recorded.py``, who hears words in ``transcribing.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.recorded import recorded_speech
from pipeline.speech.transcribing import Transcriber, Transcript
from pipeline.types import Speech


class RecordingDesk:
    """Looks at recordings; whoever writes words down starts when first asked.

    ``hears_a_voice`` tells of one of our own WAVs whether somebody speaks in it; it blocks.
    """

    def __init__(
        self,
        settings: SpeechSettings,
        transcriber: Transcriber,
        hears_a_voice: Callable[[Path], bool],
    ) -> None:
        self._settings, self._hears_a_voice = settings, hears_a_voice
        self._transcriber = transcriber

    @property
    def no_words_because(self) -> str | None:
        """Why recordings cannot be turned into words here; None where they can."""
        return self._transcriber.reason

    @property
    def transcriber(self) -> Callable[[Path], Awaitable[Transcript]] | None:
        """Who writes down what is said in a WAV of ``check``; None where nobody can."""
        return None if self.no_words_because else self.transcribe

    async def check(
        self, source: Path, into: Path, *, cut: bool = False, clean: bool = False
    ) -> Speech:
        """Make speech of a recording, as a WAV at ``into``; see ``recorded_speech``.

        Refuses before the queue what no lips could follow: tones, music, noise.
        """
        speech = await recorded_speech(source, into, self._settings, cut=cut, clean=clean)
        if not await asyncio.to_thread(self._hears_a_voice, speech.path):
            await asyncio.to_thread(speech.path.unlink)
            raise errors.NoSpeechFound
        return speech

    async def transcribe(self, recording: Path) -> Transcript:
        """Write down what is said in a WAV of ``check``; see ``Transcriber``."""
        return await self._transcriber.transcribe(recording)

    async def close(self) -> None:
        """Let go of processes. Safe to repeat."""
        await self._transcriber.close()
