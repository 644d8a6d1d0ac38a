"""The stand-in service over HTTP and websockets: both routes, the token, every way to go wrong.

``script`` holds modes; each connection uses one up, ``ok`` when none is left. Requests are kept as
they came. The protocol is that of edge-tts 7.3.1, observed.
"""

from __future__ import annotations

import asyncio
import json
import re
import struct
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from html import unescape
from typing import Literal

from aiohttp import WSMsgType, web
from edge_tts.drm import generate_sec_ms_gec_v2

from tests.edge.sound import HEAD_S, WORD_S, mp3

Mode = Literal[
    "ok",
    "403-skew",
    "403-nodate",
    "503",
    "429",
    "504",
    "noaudio",
    "drop",
    "badpath",
    "badjson",
    "midcut",
    "fewwords",
    "stall",
]
TICKS_PER_S = 10_000_000
PIECE_BYTES = 720
BUCKET_S = 300
SSML = re.compile(
    r"<voice name='([^']*)'><prosody pitch='([^']*)' rate='([^']*)'[^>]*>(.*)</pro", re.S
)


@dataclass(kw_only=True)
class Heard:
    """What one connection asked for."""

    headers: dict[str, str]
    query: dict[str, str]
    config: str = ""
    voice: str = ""
    pitch: str = ""
    rate: str = ""
    text: str = ""


@dataclass(kw_only=True)
class EdgeServer:
    """The service of one test."""

    script: deque[Mode] = field(default_factory=deque)
    silent_voices: set[str] = field(default_factory=set)
    """Voices that give no audio, whatever the mode."""
    listed: list[str] = field(default_factory=list)
    """ShortNames in the list of voices; empty: the list is refused."""
    clock_offset_s: float = 0.0
    hold: asyncio.Event | None = None
    """While set and not fired, ``ok`` waits for it before it answers."""
    heard: list[Heard] = field(default_factory=list)
    lists_asked: int = 0
    active: int = 0
    max_active: int = 0
    port: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[EdgeServer]:
        """Serve on a free port for the length of the block."""
        app = web.Application()
        app.router.add_get("/edge/v1", self._speak)
        app.router.add_get("/voices/list", self._list)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    @property
    def ws_url(self) -> str:
        """What takes the place of edge_tts.communicate.WSS_URL."""
        return f"ws://127.0.0.1:{self.port}/edge/v1?TrustedClientToken=t"

    @property
    def list_url(self) -> str:
        """What takes the place of edge_tts.voices.VOICE_LIST."""
        return f"http://127.0.0.1:{self.port}/voices/list?trustedclienttoken=t"

    @property
    def texts(self) -> list[str]:
        """The text of every connection that got so far."""
        return [heard.text for heard in self.heard if heard.text]

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        mode = self.script.popleft() if self.script else "ok"
        heard = Heard(headers=dict(request.headers), query=dict(request.query))
        self.heard.append(heard)
        if not self._token_fits(request):
            return web.Response(status=403, headers={"Date": self._date()})
        if mode == "403-skew":
            return web.Response(status=403, headers={"Date": self._date()})
        if mode == "403-nodate":
            return web.Response(status=403, headers={"Date": "yesterday"})
        if mode in ("503", "429", "504"):
            return web.Response(status=int(mode))
        socket = web.WebSocketResponse(compress=True)
        await socket.prepare(request)
        self.active += 1
        self.max_active = max(self.max_active, self.active)
        try:
            await self._converse(socket, heard, mode)
        finally:
            self.active -= 1
        return socket

    async def _converse(self, socket: web.WebSocketResponse, heard: Heard, mode: Mode) -> None:
        config, ssml = await socket.receive(), await socket.receive()
        if WSMsgType.TEXT not in (config.type, ssml.type):
            return
        heard.config = config.data
        asked = SSML.search(ssml.data)
        assert asked, "no SSML as Edge sends it"
        heard.voice, heard.pitch, heard.rate = asked[1], asked[2], asked[3]
        heard.text = unescape(asked[4])
        if mode == "stall":
            await socket.receive()  # until the client goes away
            return
        if self.hold is not None:
            await self.hold.wait()
        if mode == "drop":
            await socket.close()
            return
        await socket.send_str(_message("turn.start", "{}"))
        await socket.send_str(_message("response", "{}"))
        if mode == "badpath":
            await socket.send_str(_message("surprise", "{}"))
            return
        if mode == "badjson":
            await socket.send_str(_message("audio.metadata", "{not json"))
            return
        if mode != "noaudio" and heard.voice not in self.silent_voices:
            await self._answer(socket, heard, mode)
            if mode == "midcut":
                await socket.close()
                return
        await socket.send_str(_message("turn.end", "{}"))
        await socket.receive()

    async def _answer(self, socket: web.WebSocketResponse, heard: Heard, mode: Mode) -> None:
        words = [w for w in (t.strip(".,!?।;:\"'") for t in heard.text.split()) if w]
        sound = mp3(len(words))
        if mode in ("midcut", "fewwords"):
            words = words[: len(words) // 2]
        if mode == "midcut":
            sound = sound[: len(sound) // 3]
        elif mode == "fewwords":
            sound = mp3(len(words))
        assert '"wordBoundaryEnabled":"true"' in heard.config
        for at, word in enumerate(words):
            await socket.send_str(_message("audio.metadata", _boundary(at, word)))
        for at in range(0, len(sound), PIECE_BYTES):
            await socket.send_bytes(_binary("audio/mpeg", sound[at : at + PIECE_BYTES]))
        if mode != "midcut":
            await socket.send_bytes(_binary(None, b""))

    async def _list(self, request: web.Request) -> web.Response:
        self.lists_asked += 1
        if not self._token_fits(request):
            return web.Response(status=403, headers={"Date": self._date()})
        if not self.listed:
            return web.Response(status=503)
        return web.json_response(
            [
                {"ShortName": name, "Name": name, "Gender": "Female", "Locale": name[:5]}
                for name in self.listed
            ]
        )

    def _token_fits(self, request: web.Request) -> bool:
        now_s = time.time() + self.clock_offset_s
        tokens = {generate_sec_ms_gec_v2(now_s + d) for d in (-BUCKET_S, 0, BUCKET_S)}
        version = request.query.get("Sec-MS-GEC-Version", "")
        return request.query.get("Sec-MS-GEC") in tokens and version.startswith("2-")

    def _date(self) -> str:
        return formatdate(time.time() + self.clock_offset_s, usegmt=True)


def _message(path: str, body: str) -> str:
    kind = "application/json; charset=utf-8"
    return f"X-RequestId:abc\r\nContent-Type:{kind}\r\nPath:{path}\r\n\r\n{body}"


def _boundary(at: int, word: str) -> str:
    text = {"Text": word, "Length": len(word), "BoundaryType": "WordBoundary"}
    offset, duration = HEAD_S + at * WORD_S, WORD_S * 0.75
    timed = {"Offset": round(offset * TICKS_PER_S), "Duration": round(duration * TICKS_PER_S)}
    return json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": timed | {"text": text}}]})


def _binary(kind: str | None, sound: bytes) -> bytes:
    lines = ["X-RequestId:abc", "X-StreamId:def", "Path:audio"]
    if kind:
        lines.insert(1, f"Content-Type:{kind}")
    head = "\r\n".join(lines).encode() + b"\r\n"
    return struct.pack(">H", len(head)) + head + sound
