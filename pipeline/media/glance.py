"""Glance at a stranger's video: some of its pictures, small and upright, under the limits of
``video.py``. Nothing is kept. Knows pixels; does not know what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from pipeline import errors
from pipeline.media.footage import refuse_file
from pipeline.media.read import Pixels
from pipeline.media.video import Straightener, VideoReader, opened
from pipeline.settings import FootageSettings


def glance(
    source: Path, limits: FootageSettings, *, looks_per_s: int, size_px: int
) -> Iterator[Pixels]:
    """Yield pictures as RGB, the longer side at most ``size_px``, for at most ``max_s`` seconds.

    Raises ``VideoUnreadable``, ``VideoTooLarge``, ``VideoTooSmall``.
    """
    refuse_file(source, limits)
    try:
        with opened(source) as container:
            reader = VideoReader(container, limits)
            straightener = Straightener(size_px, reader.pixel_shape)
            for frame in reader.frames(looks_per_s):
                pixels = straightener.straight(frame).to_ndarray(format="rgb24")
                yield np.asarray(pixels, np.uint8)
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError) as e:
        raise errors.VideoUnreadable("it is damaged or of a kind not known here") from e
