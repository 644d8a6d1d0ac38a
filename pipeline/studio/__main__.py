"""The studio child: ``python -m pipeline.studio SCRATCH WEIGHTS KERNELS COMPILER``.

It works on pictures and sound that were cleaned before, and is confined all the same: it writes in
the scratch folder and, with a graphics card, among the kernels, reads code and weights, and has
neither network nor any other file.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from pipeline.child import serve
from pipeline.confine import confine, to_read
from pipeline.cuda_files import cuda_files

PICTURE_THREADS = 4
"""More threads of OpenCV save little time and take memory: 16 for 2 saved a quarter of the time of
a video at 1024 px, for 13 MB and half as much work again."""
OPEN_FILES = 4096
"""CUDA opens dozens for each of several cards."""


def main() -> NoReturn:
    """Confine this process, then serve. Nothing heavy is imported before."""
    scratch, weights, kernels = map(Path, sys.argv[1:4])
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    card = cuda_files(kernels, sys.argv[4])
    if card:
        with suppress(OSError):  # weights may be pulled later, and lie where nobody may write
            weights.mkdir(parents=True, exist_ok=True)
    beside = to_read(weights) | card
    confine(
        scratch,
        memory_bytes=None,
        beside=beside,
        mute_sockets=bool(card),
        open_files=OPEN_FILES,
    )
    import cv2

    from pipeline.studio.room import Studio

    cv2.setNumThreads(min(PICTURE_THREADS, cv2.getNumThreads()))
    studio = Studio()
    studio.warm()
    serve(studio.handle)


if __name__ == "__main__":
    main()
