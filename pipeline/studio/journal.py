"""Finished frames of one film, kept until the film is: a killed render goes on where it was.

Frames are kept exactly, in files of as many as an engine makes together, under a key of everything
that decides them. Another key finds nothing and drops what lies there. Knows pictures; knows no
engine and no job. Who deletes the folder, and when: ``pipeline/render.py``.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from pipeline.media.lossless import SUFFIX, read_exactly, write_exactly
from pipeline.portrait import Pixels

PART_FRAMES = 16
"""LatentSync makes sixteen frames together: going on between two chunks makes none twice."""
KEY_LETTERS = 32

log = logging.getLogger(__name__)


def key_of(*parts: str | bytes) -> str:
    """Make the key of a film out of all that decides its frames, in order."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:KEY_LETTERS]


def kept_through(
    folder: Path, key: str, make: Callable[[int], Iterator[Pixels]]
) -> Iterator[Pixels]:
    """Yield the frames of a film: first those that are kept, then those from ``make(number)``.

    Each part is on disk before its last frame is given. Raises ``DiskFull``.
    """
    place = _place(folder, key)
    number = 0
    for part in _parts(place):
        yield from part
        number += len(part)
    if number:
        log.info("going on at frame %d", number)
    begun, waiting = number, list[Pixels]()
    for frame in make(number):
        waiting.append(np.array(frame))  # whoever takes it may draw on it
        if len(waiting) == PART_FRAMES:
            write_exactly(waiting, place / f"{begun:08d}{SUFFIX}")
            begun, waiting = begun + len(waiting), []
        yield frame
    if waiting:
        write_exactly(waiting, place / f"{begun:08d}{SUFFIX}")


def _place(folder: Path, key: str) -> Path:
    """Give the folder of this key, and delete those of others."""
    place = folder / key
    place.mkdir(parents=True, exist_ok=True)
    for other in folder.iterdir():
        if other != place:
            shutil.rmtree(other, ignore_errors=True)
    return place


def _parts(place: Path) -> Iterator[list[Pixels]]:
    """Yield the parts from the first frame on, up to the first that is missing or broken."""
    number = 0
    while (path := place / f"{number:08d}{SUFFIX}").is_file():
        try:
            frames = read_exactly(path)
        except ValueError as e:
            log.warning("made again: %s", e)
            return
        if not frames:
            return
        yield frames
        number += len(frames)
