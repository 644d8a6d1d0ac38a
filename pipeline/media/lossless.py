"""Keep frames exactly: a few pictures in a file from which the same pixels come back.

H.264 in RGB without loss: what does not change from frame to frame costs next to nothing, so a
talking still takes about 1 MB per second. For files of our own that are read again soon;
what people get is made by ``write``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from pipeline.media.read import Pixels, read_frames
from pipeline.media.write import disk_error

SUFFIX = ".mkv"


def write_exactly(frames: Sequence[Pixels], into: Path) -> None:
    """Write frames of one size, whole or not at all. Raises ``DiskFull``."""
    part = into.with_name(f".{into.name}.part")
    try:
        with av.open(f"file:{part}", "w", format="matroska") as container:
            stream = container.add_stream("libx264rgb", rate=25)
            stream.height, stream.width = frames[0].shape[:2]
            stream.pix_fmt = "rgb24"
            stream.options = {"qp": "0", "preset": "ultrafast"}
            for number, pixels in enumerate(frames):
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        part.replace(into)
    except OSError as e:
        raise disk_error(e) from e
    finally:
        part.unlink(missing_ok=True)


def read_exactly(path: Path) -> list[Pixels]:
    """Read all frames of a file back. Raises ``ValueError`` for one that is broken."""
    try:
        return list(read_frames(path))
    except (av.FFmpegError, OSError) as e:
        raise ValueError(f"{path.name} cannot be read: {type(e).__name__}") from e
