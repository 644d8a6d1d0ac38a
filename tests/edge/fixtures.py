"""Points edge-tts at the stand-in, and gives time that only passes when somebody sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import edge_tts.communicate
import edge_tts.voices
import pytest
from edge_tts.drm import DRM

from pipeline.speech.edge.persistence import Pace
from tests.edge.server import EdgeServer


@pytest.fixture
async def edge(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EdgeServer]:
    """A running stand-in that edge-tts believes to be the service."""
    monkeypatch.setattr(DRM, "clock_skew_seconds", 0.0)
    async with EdgeServer().running() as server:
        # Imported by value in these two modules; plain ws:// needs no certificate.
        monkeypatch.setattr(edge_tts.communicate, "WSS_URL", server.ws_url)
        monkeypatch.setattr(edge_tts.voices, "VOICE_LIST", server.list_url)
        yield server


class SteppedTime:
    """A clock that sleeping moves; ``slept`` keeps how long."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.slept: list[float] = []

    @property
    def pace(self) -> Pace:
        """The pace of a provider that lives by this clock; no jitter."""
        return Pace(now=lambda: self.now_s, sleep=self.sleep, jittered=lambda longest_s: longest_s)

    async def sleep(self, seconds: float) -> None:
        """Let time pass without waiting."""
        self.slept.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)


@pytest.fixture
def stepped() -> SteppedTime:
    """Time of one test."""
    return SteppedTime()
