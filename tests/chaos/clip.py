"""The tiny video that every quick render leaves, made once by the real encoder."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipeline.media.read import Sound
from pipeline.media.write import VideoWriter
from tests.chaos.shape import CLIP, FOLDER, FPS, FRAMES, SIZE_PX, THUMBNAIL


def make() -> None:
    """Make video and thumbnail, whole or not at all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    sound = Sound(samples=np.zeros(16000, np.int16), sample_rate_hz=16000)
    with VideoWriter(
        CLIP, width_px=SIZE_PX, height_px=SIZE_PX, fps=FPS, sound=sound, max_bytes=1_000_000
    ) as video:
        for number in range(FRAMES):
            video.add(np.full((SIZE_PX, SIZE_PX, 3), 5 * number, np.uint8))
    Image.new("RGB", (SIZE_PX, SIZE_PX), "gray").save(THUMBNAIL)
