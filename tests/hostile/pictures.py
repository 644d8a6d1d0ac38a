"""Hostile photos."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.hostile import Hostile
from tests.unit.portrait.drawn import chunk, encoded, png_header, scene

KB = 1024
PNG = b"\x89PNG\r\n\x1a\n"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 200\n%%EndComments\nshowpage\n"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='200' height='200'/>"


def hostile_pictures() -> Iterator[Hostile]:
    """Make every kind; the large ones are small files."""
    yield from _bombs()
    yield from _lies()
    yield from _other_kinds()
    yield from _odd_but_real()
    yield from _cut()


def photograph(kind: str) -> bytes:
    """Encode a rough picture, of some kilobytes, as a camera would."""
    noise = np.random.default_rng(3).integers(0, 60, (200, 260, 3), np.uint8)
    return encoded(Image.fromarray(noise + np.array(scene(260, 200)) // 2), kind)


def _bombs() -> Iterator[Hostile]:
    def png(side_px: int, bits: int, colour: int) -> bytes:
        row_bytes = side_px * bits * (3 if colour == 2 else 1) // 8 + 1
        packer = zlib.compressobj(9)
        rows = b"".join(packer.compress(bytes(row_bytes)) for _ in range(side_px))
        head = struct.pack(">IIBBBBB", side_px, side_px, bits, colour, 0, 0, 0)
        pixels = rows + packer.flush()
        return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")

    yield Hostile(name="13000 x 13000 PNG", content=png(13_000, 8, 2))
    yield Hostile(name="400 megapixels of one bit", content=png(20_000, 1, 0))
    yield Hostile(name="wide strip JPEG", content=_strip(65_000, 400))
    yield Hostile(name="tall strip JPEG", content=_strip(400, 65_000))
    text = b"comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    body = encoded(scene(), "PNG")
    bomb = body[:33] + chunk(b"zTXt", text) + body[33:]
    yield Hostile(name="200 MB of text in a PNG", content=bomb, usable=True)
    profile = b"p\0\0" + zlib.compress(bytes(100_000_000), 9)
    bomb = body[:33] + chunk(b"iCCP", profile) + body[33:]
    yield Hostile(name="100 MB of colour profile", content=bomb, usable=True)
    many = body[:33] + chunk(b"tEXt", b"k\0v") * 100_000 + body[33:]
    yield Hostile(name="100,000 notes in a PNG", content=many, usable=True)
    frames = [scene().rotate(number) for number in range(40)]
    for kind in ("GIF", "WEBP", "PNG"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        yield Hostile(name=f"moving {kind}", content=content)


def _strip(width_px: int, height_px: int) -> bytes:
    return encoded(Image.new("RGB", (width_px, height_px), (90, 90, 90)), "JPEG", quality=5)


def _lies() -> Iterator[Hostile]:
    for width_px, height_px in (
        *((0, 200), (200, 0), (1, 1), (2, 60_000), (100_000, 100)),
        *((2**31 - 1, 2**31 - 1), (2**32 - 1, 1)),
    ):
        content = png_header(width_px, height_px)
        yield Hostile(name=f"a header of {width_px} x {height_px}", content=content)
    jpeg = photograph("JPEG")
    size = jpeg.index(b"\xff\xc0") + 5
    for name, lie in (("huge", b"\xff\xff\xff\xff"), ("no", bytes(4)), ("flat", b"\0\1\xff\xff")):
        content = jpeg[:size] + lie + jpeg[size + 4 :]
        yield Hostile(name=f"a JPEG of {name} size", content=content, usable=True)
    exif = b"\xff\xe1" + struct.pack(">H", 200) + b"Exif\0\0MM\0*" + b"\xff" * 188
    content = jpeg[:2] + exif + jpeg[2:]
    yield Hostile(name="broken EXIF", content=content, usable=True)
    turned = b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\x63\0\0\0\0\0\0"
    exif = b"\xff\xe1" + struct.pack(">H", len(turned) + 2) + turned
    yield Hostile(name="turned by 99", content=jpeg[:2] + exif + jpeg[2:], usable=True)
    riff = photograph("WEBP")
    content = riff[:4] + struct.pack("<I", 2**32 - 1) + riff[8:]
    yield Hostile(name="a WEBP of 4 GB", content=content, usable=True)
    crc = bytearray(photograph("PNG"))
    crc[29] ^= 0xFF
    yield Hostile(name="a wrong checksum", content=bytes(crc))


def _other_kinds() -> Iterator[Hostile]:
    jpeg = photograph("JPEG")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../evil.txt", "out of the folder")
    yield Hostile(name="JPEG and ZIP", content=jpeg + archive.getvalue(), usable=True)
    yield Hostile(name="JPEG and HTML", content=jpeg + b"<script>alert(1)</script>", usable=True)
    yield Hostile(name="JPEG and a second JPEG", content=jpeg * 2, usable=True)
    yield Hostile(name="EPS as JPEG", content=EPS)
    yield Hostile(name="EPS behind a JPEG's first bytes", content=b"\xff\xd8\xff\xe0" + EPS)
    yield Hostile(name="SVG", content=SVG)
    yield Hostile(name="PDF", content=b"%PDF-1.7\n1 0 obj <</OpenAction 2 0 R>>")
    yield Hostile(name="a Python pickle", content=b"cos\nsystem\n(S'true'\ntR.")
    yield Hostile(name="a program", content=b"\x7fELF" + bytes(500))
    yield Hostile(name="a shell script", content=b"#!/bin/sh\nrm -rf /\n")
    yield Hostile(name="nothing", content=b"")
    yield Hostile(name="one byte", content=b"\xff")
    yield Hostile(name="noise", content=np.random.default_rng(5).bytes(20_000))
    for kind in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "DDS", "JPEG2000"):
        yield Hostile(name=f"a real {kind}", content=encoded(scene(), kind))


def _odd_but_real() -> Iterator[Hostile]:
    for mode in ("CMYK", "L", "1"):
        kind = "JPEG" if mode != "1" else "PNG"
        content = encoded(scene().convert(mode), kind)
        yield Hostile(name=f"{mode} {kind}", content=content, usable=True)
    deep = Image.fromarray(np.arange(200 * 200, dtype=np.uint16).reshape(200, 200))
    yield Hostile(name="16 bits", content=encoded(deep, "PNG"), usable=True)
    for mode in ("LA", "P", "RGBA"):
        content = encoded(scene().convert(mode), "PNG")
        yield Hostile(name=f"{mode} PNG", content=content, usable=True)
    layers = scene().convert("P")
    content = encoded(layers, "PNG", transparency=0)
    yield Hostile(name="a palette with a hole", content=content, usable=True)
    content = encoded(scene(), "JPEG", progressive=True)
    yield Hostile(name="progressive JPEG", content=content, usable=True)
    scans = content[:-2] + content[content.index(b"\xff\xda") : -2] * 400 + b"\xff\xd9"
    yield Hostile(name="400 scans over each other", content=scans, usable=True)


def _cut() -> Iterator[Hostile]:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = photograph(kind)
        for length in range(KB, len(whole), KB):
            name = f"{kind} cut at {length // KB} KB"
            yield Hostile(name=name, content=whole[:length], usable=True)
