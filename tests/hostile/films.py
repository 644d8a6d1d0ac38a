"""Hostile videos."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import av
import numpy as np

from tests.films import column
from tests.hostile import Hostile
from tests.hostile.sounds import with_long_note

KB = 1024
KINDS = (("mp4", "libx264"), ("webm", "libvpx"), ("avi", "mpeg4"), ("matroska", "libx264"))


def hostile_films() -> Iterator[Hostile]:
    """Make every kind."""
    mp4 = film("mp4", "libx264")
    yield from _lies(mp4)
    yield from _other_kinds(mp4)
    for container, codec in KINDS:
        whole = film(container, codec)
        step = KB * max(1, len(whole) // (20 * KB))
        for length in range(KB, len(whole), step):
            name = f"{container} cut at {length // KB} KB"
            yield Hostile(name=name, content=whole[:length], usable=True)


def film(container: str, codec: str, frames: int = 12, *, noisy: bool = True) -> bytes:
    """Film a column that moves before noise, of some kilobytes."""
    file = io.BytesIO()
    noise = np.random.default_rng(2).integers(0, 40, (128, 160, 3), np.uint8)
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 128, "yuv420p"
        for number in range(frames):
            drawn = column(number) // 2 + (noise if noisy else 0)
            frame = av.VideoFrame.from_ndarray(drawn.astype(np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def _lies(mp4: bytes) -> Iterator[Hostile]:
    def changed(name: str, box: bytes, offset: int, lie: bytes) -> Hostile:
        place = mp4.index(box) + offset
        content = mp4[:place] + lie + mp4[place + len(lie) :]
        return Hostile(name=name, content=content, usable=True)

    most, none = b"\xff\xff\xff\xff", bytes(4)
    yield changed("a box of 4 GB", b"moov", -4, most)
    yield changed("a box of no size", b"moov", -4, none)
    yield changed("a box in itself", b"trak", -4, struct.pack(">I", 9))
    yield changed("a film of 4 billion samples", b"stsz", 12, most)
    yield changed("4 billion times", b"stts", 8, most)
    yield changed("4 billion pieces", b"stsc", 8, most)
    yield changed("pieces beyond the end", b"stco", 12, most)
    yield changed("frames of 65535 pixels", b"avc1", 28, most)
    yield changed("frames of no pixels", b"avc1", 28, none)
    yield changed("a time scale of 0", b"mdhd", 16, none)
    yield changed("a length of 4 billion", b"mvhd", 20, most)
    yield changed("an unknown codec", b"avc1", 0, b"xxxx")
    yield changed("the codec magicyuv", b"avc1", 0, b"M8RG")
    yield changed("a turn by nothing", b"tkhd", 44, bytes(36))
    parameters = mp4.index(b"avcC") + 12
    noise = np.random.default_rng(9).bytes(20)
    content = mp4[:parameters] + noise + mp4[parameters + 20 :]
    yield Hostile(name="noise where the size stands", content=content, usable=True)


def _other_kinds(mp4: bytes) -> Iterator[Hostile]:
    yield Hostile(name="nothing", content=b"")
    yield Hostile(name="the first bytes alone", content=mp4[:32])
    yield Hostile(name="noise", content=np.random.default_rng(6).bytes(30_000))
    yield Hostile(name="two films in one", content=mp4 * 2, usable=True)
    yield Hostile(name="no index", content=mp4.replace(b"moov", b"free"), usable=True)
    yield Hostile(name="ffconcat", content=b"ffconcat version 1.0\nfile 'secret.mp4'\n")
    yield Hostile(name="m3u8", content=b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    yield Hostile(name="FLV", content=b"FLV\x01\x05\0\0\0\x09" + bytes(400))
    avi = with_long_note(film("avi", "mpeg4"))
    yield Hostile(name="a note of 1.5 GB in an AVI", content=avi, usable=True)
    yield Hostile(name="a lossless codec", content=film("matroska", "ffv1"))
    yield Hostile(name="a GIF", content=film("gif", "gif") if _has("gif") else b"GIF89a")
    long = film("mp4", "libx264", 2000, noisy=False)
    yield Hostile(name="eighty seconds", content=long, usable=True)
    entity = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"
    yield Hostile(name="an XML entity", content=entity)


def _has(codec: str) -> bool:
    return False if codec == "gif" else codec in av.codecs_available
