"""What happens to a video on its way through other people's hands, for tests and benches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.media.read import read_frames
from pipeline.portrait import Pixels
from pipeline.safety.watermark import MarkFound, MarkReader
from tests.films import write_film

OURS = {"crf": "18", "preset": "veryfast", "profile": "high"}
"""How ``VideoWriter`` encodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to encode a video again."""

    name: str
    crf: int
    preset: str = "veryfast"
    size_px: int | None = None
    """Longer side; None leaves it."""
    keeps_every: int = 1
    """One of so many frames is kept: another frame rate."""
    mirrored: bool = False


WAYS = (
    Way(name="crf 28", crf=28),
    Way(name="crf 34", crf=34),
    Way(name="256 px crf 28", crf=28, size_px=256),
    Way(name="messenger: 480 px crf 30 medium", crf=30, size_px=480, preset="medium"),
    Way(name="12 fps crf 28", crf=28, keeps_every=2),
    Way(name="mirrored crf 23", crf=23, mirrored=True),
)


def reencoded(source: Path, into: Path, way: Way) -> Path:
    """Encode one of our videos again."""
    frames = _changed(read_frames(source), way)
    options = {"crf": str(way.crf), "preset": way.preset}
    return write_film(into, frames, fps=25 // way.keeps_every, options=options)


def _changed(frames: Iterator[Pixels], way: Way) -> Iterator[Pixels]:
    for number, frame in enumerate(frames):
        if number % way.keeps_every:
            continue
        if way.mirrored:
            frame = np.ascontiguousarray(frame[:, ::-1])
        yield frame if way.size_px is None else shrunk(frame, way.size_px)


def shrunk(frame: Pixels, size_px: int) -> Pixels:
    """Scale so that the longer side has so many pixels, both even."""
    height, width = frame.shape[:2]
    scale = size_px / max(width, height)
    even = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
    return np.asarray(cv2.resize(frame, even, interpolation=cv2.INTER_AREA), np.uint8)


def read_mark_of(video: Path, key: bytes) -> MarkFound:
    """Look for a mark in every frame of a video."""
    return found_in(read_frames(video), key)


def found_in(frames: Iterable[Pixels], key: bytes) -> MarkFound:
    """Look for a mark in frames."""
    reader = MarkReader(key)
    for frame in frames:
        reader.add(frame)
    return reader.found()


def psnr_db(before: Sequence[Pixels], after: Sequence[Pixels]) -> float:
    """Return the peak signal to noise ratio of one film over another."""
    errors = [
        float(((one.astype(np.float32) - other) ** 2).mean())
        for one, other in zip(before, after, strict=True)
    ]
    return float(10 * np.log10(255**2 / max(1e-12, float(np.mean(errors)))))
