"""Builders of sound, pictures and files for the tests of media."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.media.read import Pixels, Sound

MakeSound = Callable[..., Sound]
MakeFile = Callable[..., Path]


@pytest.fixture
def make_sound() -> MakeSound:
    """Make a tone: by length and rate."""

    def make(duration_s: float = 1.0, rate_hz: int = 22050) -> Sound:
        time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
        samples = (9000 * np.sin(2 * np.pi * 440 * time_s)).astype(np.int16)
        return Sound(samples=samples, sample_rate_hz=rate_hz)

    return make


@pytest.fixture
def make_recording(tmp_path: Path, make_sound: MakeSound) -> MakeFile:
    """Make a media file with a tone: by container, codec, length, rate and layout."""

    def make(
        container: str,
        codec: str,
        duration_s: float = 1.0,
        rate_hz: int = 48000,
        layout: str = "mono",
    ) -> Path:
        path = tmp_path / f"recording.{container}"
        sound = make_sound(duration_s, rate_hz)
        with av.open(str(path), "w", format=container) as file:
            stream = file.add_stream(codec, rate=rate_hz, layout=layout)
            assert isinstance(stream, av.AudioStream)
            channels = 2 if layout == "stereo" else 1
            block = 960
            for start in range(0, len(sound.samples), block):
                part = np.repeat(sound.samples[start : start + block], channels)[np.newaxis]
                frame = av.AudioFrame.from_ndarray(part, format="s16", layout=layout)
                frame.sample_rate, frame.pts = rate_hz, start
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
        return path

    return make


def picture(width_px: int, height_px: int, number: int = 0) -> Pixels:
    """Draw a frame that tells its number: a bright column that moves to the right."""
    frame = np.full((height_px, width_px, 3), (40, 90, 160), np.uint8)
    frame[:, number % width_px : number % width_px + 4] = 255
    return frame
