"""Pictures drawn and encoded for the tests of what reads them."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def scene(width_px: int = 240, height_px: int = 160) -> Image.Image:
    """Draw a picture whose four quarters have four colours."""
    image = Image.new("RGB", (width_px, height_px), (200, 40, 40))
    half_w, half_h = width_px // 2, height_px // 2
    image.paste((40, 200, 40), (half_w, 0, width_px, half_h))
    image.paste((40, 40, 200), (0, half_h, half_w, height_px))
    image.paste((220, 220, 60), (half_w, half_h, width_px, height_px))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def written(folder: Path, content: bytes, name: str = "photo.jpg") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def png_header(width_px: int, height_px: int) -> bytes:
    """Write a PNG with a header but no pixels: whoever decodes it fails."""
    size = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", b"nothing")


def chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def corners(pixels: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """Round the four corners to the colours of ``scene``: upper left, right, lower left, right."""
    return [
        tuple(int(round(int(v) / 20) * 20) for v in pixels[y, x]) for y in (8, -8) for x in (8, -8)
    ]


SCENE = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (220, 220, 60)]
