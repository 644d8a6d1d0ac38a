"""One piece of text -> MP3 and the time of every word, over one connection to Edge's service.

Only here and in ``roster`` is edge-tts called. What the library does not do is done here: time
limits that hold after the handshake (rany2/edge-tts's ``receive_timeout`` does not), a check that
the answer is whole (a connection closed in mid-speech raises nothing), and names for what went
wrong. Knows no retry and no other voice; the text never enters a fault or a log.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import aiohttp
import edge_tts
from edge_tts.exceptions import EdgeTTSException, NoAudioReceived, SkewAdjustmentError
from edge_tts.typing import TTSChunk

from pipeline import errors
from pipeline.settings import EdgeSettings
from pipeline.speech.edge.complete import BYTES_PER_S, is_whole_sound, what_is_missing
from pipeline.types import Timing, VoiceId

if TYPE_CHECKING:
    from pipeline.media.read import Sound

TICKS_PER_S = 10_000_000
TRY_S, TRY_S_PER_CHAR, LONGEST_TRY_S = 15.0, 0.25, 120.0
RATE_LIMIT_PCT, PITCH_LIMIT_HZ = 50, 50
SLOWEST_CHAR_S = 1.0
"""No voice takes longer for a character; an answer beyond that never ends."""

ConnectorFactory = Callable[[], aiohttp.BaseConnector]
"""Makes a fresh connector, for example through SOCKS; the library closes each after one use."""


class FaultKind(StrEnum):
    """What went wrong with one try."""

    UNREACHABLE = "unreachable"
    """No connection: the network, or the whole service."""
    REFUSED = "refused"
    """403 that survives the library's own retry: its token is out of date."""
    SKEWED = "skewed"
    """403 without a usable date: the clock may be wrong."""
    BUSY = "busy"
    """429 or 5xx: throttled, or an outage."""
    NO_AUDIO = "no audio"
    """An answer without sound: degraded, or this voice was withdrawn."""
    CUT_SHORT = "cut short"
    """Less sound than words."""
    SILENT = "silent"
    """Nothing more came within the limit."""
    GARBLED = "garbled"
    """An answer that the protocol does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a try failed; ``detail`` is for an operator and holds no text."""

    kind: FaultKind
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the service spoke, and its words with times from the first sample."""

    sound: Sound
    words: tuple[Timing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """MP3, 24 kHz mono at a constant 48 kbit/s, as it came."""

    mp3: bytes
    words: tuple[Timing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """Who speaks, and how."""

    voice_id: VoiceId
    rate_pct: int = 0
    pitch_hz: int = 0


class Service:
    """Speaks pieces; any number at once, the caller holds back."""

    def __init__(
        self, settings: EdgeSettings, connector_factory: ConnectorFactory | None = None
    ) -> None:
        self._settings, self._connector_factory = settings, connector_factory

    async def speak(self, piece: str, manner: Manner) -> Reply | Fault:
        """Try once. ``piece`` is clean text below the library's limit of 4096 escaped bytes."""
        limit_s = min(TRY_S + TRY_S_PER_CHAR * len(piece), LONGEST_TRY_S)
        try:
            async with asyncio.timeout(limit_s):
                answer = await self._listen(piece, manner)
        except TimeoutError:
            return Fault(kind=FaultKind.SILENT, detail="no end of the answer in time")
        except NoAudioReceived:
            return Fault(kind=FaultKind.NO_AUDIO, detail="the answer held no sound")
        except SkewAdjustmentError:
            return Fault(kind=FaultKind.SKEWED, detail="403, and no date to set the clock by")
        except aiohttp.ClientResponseError as e:
            return _refusal(e.status)
        except (aiohttp.ClientConnectionError, OSError) as e:
            return Fault(kind=FaultKind.UNREACHABLE, detail=type(e).__name__)
        except (aiohttp.ClientError, EdgeTTSException) as e:
            return Fault(kind=FaultKind.GARBLED, detail=type(e).__name__)
        except RuntimeError as e:
            # With a connector of ours the library's own retry after a 403 finds it closed; the
            # clock is set right by then, so the next try can succeed.
            if "Session is closed" not in str(e):
                raise
            return _refusal(403)
        if answer is None:
            return Fault(kind=FaultKind.GARBLED, detail="a message that cannot be read")
        return await _checked(piece, answer)

    async def _listen(self, piece: str, manner: Manner) -> _Answer | None:
        communicate = edge_tts.Communicate(
            piece,
            manner.voice_id,
            rate=f"{_clamped(manner.rate_pct, RATE_LIMIT_PCT):+d}%",
            pitch=f"{_clamped(manner.pitch_hz, PITCH_LIMIT_HZ):+d}Hz",
            boundary="WordBoundary",
            connector=self._connector_factory() if self._connector_factory else None,
            proxy=self._settings.proxy or None,
            connect_timeout=self._settings.connect_s,
        )
        most_bytes = round(BYTES_PER_S * (TRY_S + SLOWEST_CHAR_S * len(piece)))
        sound = bytearray()
        words: list[Timing] = []
        async with aclosing(communicate.stream()) as stream:
            while (chunk := await self._next(stream)) is not None:
                if chunk == "unreadable" or len(sound) > most_bytes:
                    return None
                if chunk["type"] == "audio":
                    sound += chunk["data"]
                elif chunk["type"] == "WordBoundary":
                    words.append(_word(chunk["offset"], chunk["duration"], chunk["text"]))
        return _Answer(mp3=bytes(sound), words=tuple(words))

    async def _next(
        self, stream: AsyncIterator[TTSChunk]
    ) -> TTSChunk | Literal["unreadable"] | None:
        """Wait for the next chunk, but not for ever; None is the end.

        Waiting inside the library is cancelled there, so that it closes its connection itself.
        """
        try:
            async with asyncio.timeout(self._settings.idle_s):
                return await anext(stream, None)
        except (KeyError, IndexError, ValueError):  # JSON or headers of another shape
            return "unreadable"


async def _checked(piece: str, answer: _Answer) -> Reply | Fault:
    """Decode an answer and see whether it is whole."""
    from pipeline.media.read import decode_mp3  # brings FFmpeg along: only who needs it pays

    size_bytes = len(answer.mp3)
    if not size_bytes:
        return Fault(kind=FaultKind.NO_AUDIO, detail="the answer held no sound")
    if missing := what_is_missing(piece, answer.words, size_bytes):
        return Fault(kind=FaultKind.CUT_SHORT, detail=missing)
    try:
        sound = await asyncio.to_thread(decode_mp3, answer.mp3)
    except errors.SoundUnreadable:
        return Fault(kind=FaultKind.GARBLED, detail="sound that cannot be decoded")
    if not is_whole_sound(sound.duration_s, size_bytes):
        return Fault(kind=FaultKind.CUT_SHORT, detail="sound that decodes to less than it should")
    return Reply(sound=sound, words=answer.words)


def _refusal(status: int) -> Fault:
    if status == 403:
        return Fault(kind=FaultKind.REFUSED, detail="403")
    if status == 429 or status >= 500:
        return Fault(kind=FaultKind.BUSY, detail=str(status))
    return Fault(kind=FaultKind.GARBLED, detail=str(status))


def _word(offset: float, duration: float, text: str) -> Timing:
    start_s = offset / TICKS_PER_S
    return Timing(start_s=start_s, end_s=start_s + duration / TICKS_PER_S, text=text)


def _clamped(value: int, limit: int) -> int:
    return min(max(value, -limit), limit)
