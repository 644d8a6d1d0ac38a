"""Whole speeches for the benches of LatentSync: over a still, over a face that wanders, encoded.

All of a picture of 1080p with a face about 400 px wide. What is timed and printed stands in the
benches themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.latentsync.align import Image
from pipeline.latentsync.chunks import Models, Recipe
from pipeline.latentsync.engine import LatentSync
from tests.bench.latentsync_networks import FRAMES

FPS = 25.0
CHUNK_S = FRAMES / FPS
FACE = np.array([[880.0, 400.0], [1060.0, 405.0], [970.0, 500.0]])
"""Brows and nose in the picture of the bench."""
Speaker = Callable[[LatentSync, float, Recipe], Iterator[Image]]


def still(engine: LatentSync, seconds: float, recipe: Recipe) -> Iterator[Image]:
    """Speak over a 1080p picture with a face about 400 px wide."""
    matrices = engine.matrices(FACE[np.newaxis])
    count = round(seconds * FPS)
    return engine.sync([picture()], list(matrices), noise(seconds), count=count, recipe=recipe)


def moving(engine: LatentSync, seconds: float, recipe: Recipe) -> Iterator[Image]:
    """Speak over the same picture while its face wanders; making the frames costs nothing here."""
    count = round(seconds * FPS)
    wandering = FACE + np.sin(np.arange(count) / 9.0)[:, np.newaxis, np.newaxis] * 6.0
    matrices = engine.matrices(wandering, rounded=False)
    frames = [picture()] * count
    return engine.sync(frames, list(matrices), noise(seconds), count=count, recipe=recipe)


def picture() -> Image:
    """Draw a picture of 1080p, the same each time."""
    coarse = np.random.default_rng(5).integers(0, 255, (108, 192, 3))
    return np.kron(coarse, np.ones((10, 10, 1))).astype(np.uint8)


def noise(seconds: float) -> NDArray[np.float32]:
    """Draw sound, the same each time."""
    drawn = np.random.default_rng(6).standard_normal(int(16_000 * seconds))
    return (0.1 * drawn).astype(np.float32)


def whole_path(
    replicas: list[Models], seconds: float, recipe: Recipe, speak: Speaker = still
) -> float:
    """Time a whole speech, encoding included where it can be: wall seconds per second of video.

    Shapes of full chunks have been met before; what is left over is met in the time taken.
    """
    engine = LatentSync(replicas)
    warm_up = 3 * recipe.stacked * CHUNK_S * len(replicas)
    for length in (warm_up, seconds):
        torch.cuda.synchronize()
        start = time.perf_counter()
        encode = encoder()
        for frame in speak(engine, length, recipe):
            encode(frame)
        encode(None)
    return (time.perf_counter() - start) / seconds


def encoder() -> Callable[[Image | None], None]:
    """Encode H.264 into memory where PyAV is installed; None ends the stream."""
    try:
        import av
    except ImportError:
        return lambda frame: None
    import io

    container = av.open(io.BytesIO(), "w", format="mp4")
    stream: Any = container.add_stream(
        "libx264", rate=25, options={"crf": "18", "preset": "veryfast"}
    )
    stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"

    def encode(frame: NDArray[np.uint8] | None) -> None:
        picture = None if frame is None else av.VideoFrame.from_ndarray(frame, format="rgb24")
        for packet in stream.encode(picture):
            container.mux(packet)
        if frame is None:
            container.close()

    return encode
