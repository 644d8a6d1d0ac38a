"""The embedded voice, seen from the parent: always there, offline, robotic, with exact timings.

espeak-ng is GPL-3.0-or-later. It runs in a process of its own (``python -m pipeline.speech``),
which this module asks over a pipe; that also keeps its process-wide state, and any crash of it,
away from everybody else. Knows voices and limits; what is spoken how stands in ``speaking.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import errors
from pipeline.child import Child
from pipeline.settings import SpeechSettings
from pipeline.speech.request import SpeakRequest, read_answer, write_request
from pipeline.speech.text import most_s, plan_script
from pipeline.speech.voices import EmbeddedVoice, embedded_voices
from pipeline.types import Speech, Utterance, Voice

WORDS_PER_MINUTE = 150
SLOWEST, FASTEST = 80, 300
PITCH = 50
HZ_PER_STEP = {"male": 1.0, "female": 2.0}
"""What one step of espeak-ng's pitch is worth near the middle; measured on hi and hi+f2."""


class EmbeddedSynthesizer:
    """espeak-ng with the Indian-English accent map."""

    def __init__(self, settings: SpeechSettings, child: Child) -> None:
        self._settings = settings
        self._child = child
        self._voices = embedded_voices()

    async def voices(self) -> Sequence[Voice]:
        """List every embedded voice; they need no network."""
        return [voice.shown() for voice in self._voices.values()]

    async def synthesize(self, utterance: Utterance, into: Path) -> Speech:
        """Speak the text into a mono 16-bit WAV at ``into``, at espeak-ng's own 22,050 Hz.

        Requests wait for each other. Raises ``ScriptEmpty``, ``ScriptTooLong`` (the real length
        counts), ``VoiceUnknown``, ``DiskFull``, and ``SpeechUnavailable`` when the child died or
        took too long; the next request then gets a fresh one. Cancelling kills the child.
        """
        voice = self._voices.get(utterance.voice_id)
        if voice is None:
            raise errors.VoiceUnknown(utterance.voice_id)
        plan = plan_script(utterance.text, self._settings)
        request = self._request(utterance, voice, plan.sentences, into)
        try:
            answer = read_answer(
                await self._child.ask(write_request(request), limit_s=self._settings.limit_s)
            )
        except errors.ScriptTooLong as e:
            raise errors.ScriptTooLong(e.duration_s, self._settings.max_s) from e
        except (errors.ChildDied, errors.ChildTimedOut) as e:
            raise errors.SpeechUnavailable("embedded", "its process did not answer") from e
        return Speech(
            path=into,
            duration_s=answer.duration_s,
            sample_rate_hz=answer.sample_rate_hz,
            words=answer.words,
            phones=answer.phones,
            provider="embedded",
            voice_id=voice.id,
            requested_voice_id=utterance.voice_id,
        )

    async def close(self) -> None:
        """Kill the child. Safe to repeat."""
        await self._child.close()

    def _request(
        self, utterance: Utterance, voice: EmbeddedVoice, sentences: tuple[str, ...], into: Path
    ) -> SpeakRequest:
        rate = WORDS_PER_MINUTE * (1 + utterance.rate_pct / 100)
        pitch = PITCH + utterance.pitch_hz / HZ_PER_STEP[voice.gender]
        return SpeakRequest(
            sentences=sentences,
            into=into.absolute(),
            table=voice.table,
            variant=voice.variant,
            words_per_minute=round(min(max(rate, SLOWEST), FASTEST)),
            pitch=round(min(max(pitch, 0), 99)),
            max_s=most_s(self._settings),
        )
