"""Small files to chat with: a picture, a voice note, a video. Blocking."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

SAMPLE_RATE_HZ = 48_000
FPS = 25


def picture(path: Path, width: int = 640, height: int = 480) -> Path:
    """Draw a picture; its format is the suffix of ``path``."""
    drawn = Image.new("RGB", (width, height), "#88aacc")
    draw = ImageDraw.Draw(drawn)
    draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.8), fill="#e0b090")
    draw.line((0, 0, width, height), fill="#203040", width=3)
    drawn.save(path)
    return path


def voice(path: Path, seconds: float = 1.0) -> Path:
    """Record a tone as OGG/Opus."""
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout="mono")
        _add_tone(container, stream, "s16", seconds)
    return path


def video(
    path: Path, width: int = 128, height: int = 96, seconds: float = 1.0, *, sound: bool = True
) -> Path:
    """Film a moving bar as MP4 (H.264, AAC); without ``sound`` there is no sound track at all."""
    with av.open(str(path), "w", format="mp4") as container:
        pictures = container.add_stream("libx264", rate=FPS)
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono") if sound else None
        count = round(seconds * FPS)
        for index in range(count):
            image = np.full((height, width, 3), 60, np.uint8)
            x = index * (width - 8) // max(1, count - 1)
            image[:, x : x + 8] = (240, 200, 80)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode(None))
        if audio:
            _add_tone(container, audio, "fltp", seconds)
    return path


def _add_tone(
    container: av.container.OutputContainer, stream: av.AudioStream, form: str, seconds: float
) -> None:
    at = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    tone = np.sin(2 * np.pi * 220 * at) * 0.25
    samples = (tone * 32767).astype(np.int16) if form == "s16" else tone.astype(np.float32)
    size = 960
    for start in range(0, len(samples), size):
        frame = av.AudioFrame.from_ndarray(
            samples[None, start : start + size], format=form, layout="mono"
        )
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.pts, frame.time_base = start, Fraction(1, SAMPLE_RATE_HZ)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def opened(path: Path) -> Image.Image:
    """Open a picture."""
    return Image.open(path)
