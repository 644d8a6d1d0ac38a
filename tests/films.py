"""Small videos for tests, made of the portraits of ``faces.py``; none lies in this repository."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from pipeline.portrait import Pixels
from tests import faces

TICKS = 12_800
SIZE_PX = (256, 256)
"""Height and width of ``speaker`` and ``wall`` frames."""


def write_film(
    path: Path,
    frames: Iterable[Pixels],
    *,
    fps: int = 25,
    codec: str = "libx264",
    times_s: Sequence[float] | None = None,
    options: dict[str, str] | None = None,
    pix_fmt: str = "yuv420p",
) -> Path:
    """Encode RGB frames, at even times or at those given; the name chooses the container."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=fps, options=options or {})
        assert isinstance(stream, av.VideoStream)
        stream.codec_context.time_base = Fraction(1, TICKS)
        for number, pixels in enumerate(frames):
            if number == 0:
                stream.height, stream.width = pixels.shape[:2]
                stream.pix_fmt = pix_fmt
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            time_s = number / fps if times_s is None else times_s[number]
            frame.pts, frame.time_base = round(time_s * TICKS), Fraction(1, TICKS)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def speaker(number: int, *, of: Path | None = None, height_px: int = 320) -> Pixels:
    """Cut a frame from a portrait: the camera moves slowly, so the face does too."""
    photo = faces.pixels(of or faces.hopper(), height_px)
    height, width = SIZE_PX
    room_x, room_y = photo.shape[1] - width, photo.shape[0] - height
    left = round(room_x * (0.5 + 0.5 * np.sin(number / 9)))
    top = round(max(room_y, 0) * 0.3 * (1 + np.sin(number / 7)))
    return np.ascontiguousarray(photo[top : top + height, left : left + width])


def blank(number: int = 0) -> Pixels:
    """Give a frame without anybody, never twice the same."""
    height, width = SIZE_PX
    slope = np.linspace(60, 160, width, dtype=np.float32) + number % 40
    return np.repeat(np.tile(slope, (height, 1))[..., None], 3, axis=2).astype(np.uint8)


def column(number: int, width_px: int = 160, height_px: int = 128) -> Pixels:
    """Draw a frame that tells its number: a white column moves to the right by 4 pixels."""
    frame = np.full((height_px, width_px, 3), (40, 90, 160), np.uint8)
    left = 4 * number % width_px
    frame[:, left : left + 4] = 255
    return frame


def column_of(frame: Pixels, width_px: int = 160) -> int:
    """Read the number that ``column`` drew."""
    brightest_px = int(np.argmax(frame[:, :, 0].astype(float).mean(axis=0)))
    number: int = round((brightest_px * width_px / frame.shape[1] - 1.5) / 4)
    return number
