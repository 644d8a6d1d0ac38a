"""Hostile recordings."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import av
import numpy as np

from tests.hostile import Hostile

KB = 1024
RATE_HZ = 48_000
KINDS = (("ogg", "libopus"), ("mp3", "libmp3lame"), ("wav", "pcm_s16le"), ("flac", "flac"))
"""Containers that can be written without seeking back, and their encoders."""


def hostile_sounds() -> Iterator[Hostile]:
    """Make every kind."""
    yield from _endless()
    yield from _playlists()
    yield from _lies()
    yield from _odd()
    yield from _cut()


def recording(container: str, codec: str, seconds: float = 1.0, loud: float = 0.3) -> bytes:
    """Record something that is taken for speech: a tone that comes and goes."""
    file = io.BytesIO()
    rate_hz = 44_100 if codec == "libmp3lame" else RATE_HZ
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate_hz, layout="mono")
        assert isinstance(stream, av.AudioStream)
        at_s = np.arange(round(seconds * rate_hz)) / rate_hz
        tone = loud * np.sin(2 * np.pi * 220 * at_s) * (np.sin(2 * np.pi * 1.5 * at_s) > 0)
        samples = (32_767 * tone).astype(np.int16)
        form = "s16" if codec != "libmp3lame" else "s16p"
        for start in range(0, len(samples), 960):
            part = samples[np.newaxis, start : start + 960]
            frame = av.AudioFrame.from_ndarray(part, format=form, layout="mono")
            frame.sample_rate, frame.pts = rate_hz, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def with_long_note(riff: bytes) -> bytes:
    """Let a RIFF file (WAV, AVI) say that its INFO holds 1.5 GB: FFmpeg takes that much for it."""
    info = riff.index(b"INFO")
    lying = struct.pack("<I", 2**32 - 16) + riff[info : info + 8] + struct.pack("<I", 3 << 29)
    return riff[: info - 4] + lying + riff[info + 12 :]


def _endless() -> Iterator[Hostile]:
    yield Hostile(name="minutes of OGG", content=recording("ogg", "libopus", 70.0), usable=True)
    hour = recording("mp3", "libmp3lame", 4.0) * 900
    yield Hostile(name="an hour of MP3", content=hour)
    wav = bytearray(recording("wav", "pcm_s16le"))
    wav[4:8] = wav[40:44] = struct.pack("<I", 2**32 - 1)
    yield Hostile(name="a WAV without end", content=bytes(wav), usable=True)
    looped = recording("ogg", "libopus", 2.0) * 40
    yield Hostile(name="forty recordings in one", content=looped, usable=True)


def _playlists() -> Iterator[Hostile]:
    for name, content in (
        ("m3u8 of a file", b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n"),
        ("m3u8 of an address", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ogg\n"),
        ("ffconcat", b"ffconcat version 1.0\nfile 'secret.ogg'\n"),
        ("SDP", b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\nc=IN IP4 127.0.0.1\n"),
        ("a DASH manifest", b"<?xml version='1.0'?><MPD><BaseURL>file:///etc/</BaseURL></MPD>"),
        ("a PLS", b"[playlist]\nFile1=/etc/passwd\nNumberOfEntries=1\n"),
        ("a SMIL", b"<smil><body><audio src='/etc/passwd'/></body></smil>"),
    ):
        yield Hostile(name=name, content=content)


def _lies() -> Iterator[Hostile]:
    wav = recording("wav", "pcm_s16le")
    for name, place, lie in (
        ("no channels", 22, struct.pack("<H", 0)),
        ("65535 channels", 22, struct.pack("<H", 65_535)),
        ("rate 0", 24, struct.pack("<I", 0)),
        ("rate 4 billion", 24, struct.pack("<I", 2**32 - 1)),
        ("no bits", 34, struct.pack("<H", 0)),
        ("codec 65535", 20, struct.pack("<H", 65_535)),
        ("an MP3 inside", 20, struct.pack("<H", 85)),
    ):
        content = wav[:place] + lie + wav[place + len(lie) :]
        yield Hostile(name=f"a WAV with {name}", content=content, usable=True)
    yield Hostile(name="a note of 1.5 GB in a WAV", content=with_long_note(wav), usable=True)
    flac = bytearray(recording("flac", "flac"))
    flac[18:26] = b"\xff" * 8
    yield Hostile(name="a FLAC of impossible size", content=bytes(flac), usable=True)
    tag = b"ID3\x04\0\0\x7f\x7f\x7f\x7f"
    yield Hostile(name="256 MB of ID3", content=tag + recording("mp3", "libmp3lame"), usable=True)


def _odd() -> Iterator[Hostile]:
    yield Hostile(name="silence", content=recording("ogg", "libopus", 2.0, 0.0), usable=True)
    yield Hostile(name="a moment", content=recording("ogg", "libopus", 0.02), usable=True)
    yield Hostile(name="nothing", content=b"")
    yield Hostile(name="a text", content=b"hello, I am no recording")
    yield Hostile(name="OggS and noise", content=b"OggS" + np.random.default_rng(4).bytes(9000))
    yield Hostile(name="a GIF", content=b"GIF89a" + bytes(300))
    yield Hostile(name="AMR's first bytes", content=b"#!AMR\n" + bytes(5000), usable=True)


def _cut() -> Iterator[Hostile]:
    for container, codec in KINDS:
        whole = recording(container, codec, 1.0)
        step = KB * max(1, len(whole) // (24 * KB))
        for length in range(KB, len(whole), step):
            name = f"{container} cut at {length // KB} KB"
            yield Hostile(name=name, content=whole[:length], usable=True)
