"""A server that speaks OpenAI's /v1/audio/speech: a tone burst per word, or what a test wants."""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from pipeline.settings import OpenAISettings, OpenAIVoice
from pipeline.types import VoiceId

RATE_HZ = 24_000
WORD_S = 0.35
VOICES = (
    OpenAIVoice(id=VoiceId("own-asha"), name="asha", locale="en-IN", gender="female"),
    OpenAIVoice(id=VoiceId("own-ravi"), name="ravi", locale="en-IN", gender="male", label="Ravi"),
)


@dataclass(kw_only=True)
class SpeechServer:
    """The server of one test."""

    status: int = 200
    body: bytes | None = None
    """Sent instead of speech."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def settings(self) -> OpenAISettings:
        """Settings that lead here."""
        return OpenAISettings(
            url=f"http://127.0.0.1:{self.port}/v1", voices=VOICES, limit_s=5, model="maya"
        )

    async def speak(self, request: web.Request) -> web.Response:
        """Answer one request."""
        question = await request.json()
        self.asked.append(question)
        self.keys.append(request.headers.get("Authorization", ""))
        if self.status != 200:
            return web.Response(status=self.status)
        body = spoken(question["input"]) if self.body is None else self.body
        return web.Response(body=body, content_type="audio/wav")


def spoken(text: str) -> bytes:
    """Make a WAV with a burst of sound for every word."""
    times = np.arange(round(WORD_S * RATE_HZ)) / RATE_HZ
    burst = 9_000 * np.sin(np.pi * times / WORD_S) * np.sin(2 * np.pi * 200 * times)
    silence = np.zeros(RATE_HZ // 10)
    sound = np.concatenate([silence, *([burst] * len(text.split())), silence])
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE_HZ)
        wav.writeframes(sound.astype("<i2").tobytes())
    return file.getvalue()


@pytest.fixture
async def speech_server() -> AsyncIterator[SpeechServer]:
    """A running server."""
    server = SpeechServer()
    app = web.Application()
    app.router.add_post("/v1/audio/speech", server.speak)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    yield server
    await runner.cleanup()
