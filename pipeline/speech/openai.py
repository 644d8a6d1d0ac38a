"""Any server that speaks OpenAI's ``/v1/audio/speech``: neural voices of one's own, mostly.

One request per script, the answer is sound in any common format. These servers tell no times, so
words are guessed from the sound. Which voices there are, the settings say. Knows no model; the
README names some. Scripts go to whoever runs the server.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from pipeline import errors
from pipeline.settings import OpenAIVoice, SpeechSettings
from pipeline.speech.assembly import Passage, tightened
from pipeline.speech.guessing import guessed_words
from pipeline.speech.loudness import levelled
from pipeline.speech.text import most_s, plan_script
from pipeline.speech.voices import openai_voices
from pipeline.speech.wav import write_wav
from pipeline.types import Speech, Utterance, Voice

MAX_ANSWER_BYTES = 200_000_000
CONNECT_S = 5.0
SLOWEST, FASTEST = 0.5, 2.0
CHUNK_BYTES = 1 << 16

log = logging.getLogger(__name__)


class OpenAISynthesizer:
    """An OpenAI-compatible speech server."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self._voices = {voice.id: voice for voice in settings.openai.voices}
        self._session: aiohttp.ClientSession | None = None

    async def voices(self) -> Sequence[Voice]:
        """List the voices of the settings; the server is not asked."""
        return list(openai_voices(self._settings.openai).values())

    async def synthesize(self, utterance: Utterance, into: Path) -> Speech:
        """Speak the text into a mono 16-bit WAV at ``into``, at the server's rate.

        The rate is asked for as ``speed``; the protocol knows no pitch. Raises ``ScriptEmpty``,
        ``ScriptTooLong`` (the real length counts), ``VoiceUnknown``, ``SpeechUnavailable``.
        """
        voice = self._voices.get(utterance.voice_id)
        if voice is None:
            raise errors.VoiceUnknown(utterance.voice_id)
        plan = plan_script(utterance.text, self._settings)
        text = "\n".join(plan.sentences)
        answer = await self._ask(text, voice, utterance.rate_pct)
        passage = await asyncio.to_thread(_read, answer, text)
        if passage.duration_s > most_s(self._settings):
            raise errors.ScriptTooLong(passage.duration_s, self._settings.max_s)
        await asyncio.to_thread(write_wav, into, passage.samples, passage.sample_rate_hz)
        return Speech(
            path=into,
            duration_s=passage.duration_s,
            sample_rate_hz=passage.sample_rate_hz,
            words=passage.words,
            provider="openai",
            voice_id=voice.id,
            requested_voice_id=utterance.voice_id,
        )

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(self, text: str, voice: OpenAIVoice, rate_pct: int) -> bytes:
        server = self._settings.openai
        question = {
            "model": server.model,
            "input": text,
            "voice": voice.name,
            "response_format": "wav",
            "speed": min(max(1 + rate_pct / 100, SLOWEST), FASTEST),
        }
        key = server.key.get_secret_value() if server.key else ""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session = self._session or aiohttp.ClientSession(trust_env=True)
        try:
            async with (
                asyncio.timeout(server.limit_s),
                self._session.post(
                    f"{server.url.rstrip('/')}/audio/speech",
                    json=question,
                    headers=headers,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                ) as answer,
            ):
                if answer.status != 200:
                    # A status below 500 is a mistake of ours: a wrong key, model or voice.
                    log.error("the speech server answered %d", answer.status)
                    raise errors.SpeechUnavailable("openai", f"it answered {answer.status}")
                return await _limited(answer)
        except TimeoutError as e:
            raise errors.SpeechUnavailable("openai", "it did not answer in time") from e
        except (aiohttp.ClientError, OSError) as e:
            raise errors.SpeechUnavailable("openai", type(e).__name__) from e


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    sound = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
        sound += chunk
        if len(sound) > MAX_ANSWER_BYTES:
            raise errors.SpeechUnavailable("openai", "its answer does not end")
    return bytes(sound)


def _read(answer: bytes, text: str) -> Passage:
    from pipeline.media.read import decode_speech

    try:
        sound = decode_speech(answer)
    except errors.ScriptError as e:
        raise errors.SpeechUnavailable("openai", "its answer is no sound that we know") from e
    heard = tightened(Passage(samples=sound.samples, sample_rate_hz=sound.sample_rate_hz))
    if not heard.samples.any():
        raise errors.SpeechUnavailable("openai", "its answer is silent")
    rate_hz = heard.sample_rate_hz
    return Passage(
        samples=levelled(heard.samples, rate_hz),
        sample_rate_hz=rate_hz,
        words=guessed_words(text, heard.samples, rate_hz),
    )
