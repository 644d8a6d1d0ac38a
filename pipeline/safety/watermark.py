"""The invisible mark: 32 bits in the brightness of every frame, for a key.

Spread spectrum in the cosine transform of a square of 512: the key chooses which middle
frequencies carry which bit, and their signs. The same pattern lies in all frames, so that a codec
keeps it at little cost and the mean of a film brings it out. It is stronger where the picture is
rough and weak where it is flat. Survives re-encoding, scaling and mirroring; not cropping, not
somebody who wants it gone. What the bits mean stands in ``mark``. Knows pixels and a key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Pixels
from pipeline.safety.mark import BITS, Mark, read_mark

SQUARE_PX: Final = 512
"""Marks are made and looked for at this size, whatever the video has."""
BAND: Final = (0.05, 0.22)
"""Frequencies as shares of 512: lower ones are the picture's own, higher ones no codec keeps."""
FLAT, PER_ROUGHNESS, MOST = 0.95, 0.12, 3.0
"""Strength in grey levels: on flat areas, more per grey level of local deviation, at most."""
DARK, DARK_SHARE = 60.0, 0.7
"""Below this grey level a mark shows sooner: in black it has this share of its strength."""
ROUGHNESS_PX = 4.0
LOOK_EVERY, CHANGED = 25, 4.0
"""After so many frames a picture that changed by so many grey levels is looked at anew."""
SURE: Final = 8.5
"""Scores of films without the mark lie at 4.5 with a deviation of 0.6."""
RESIDUE_PX, QUIET = 4.0, 0.5
DOUBTFUL_BITS = 5
"""How many of the least certain bits are tried the other way round when the check bits fail."""

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkFound:
    """What was found in the pictures of a film."""

    score: float
    """How clearly a mark of this key stands out, whatever it says; see ``SURE``."""
    mark: Mark | None
    """What it says, where it could be read whole."""

    @property
    def is_ours(self) -> bool:
        """Tell whether the film carries a mark of this key."""
        return self.score > SURE


class Watermark:
    """Puts a mark into the frames of one film, in their order."""

    def __init__(self, key: bytes, mark_id: int, width_px: int, height_px: int) -> None:
        self._pattern = _pattern(key, mark_id)
        self._frames = 0
        self._seen: Pixels | None = None
        self._lighter = self._darker = np.zeros((height_px, width_px, 3), np.uint8)

    def onto(self, frame: Pixels) -> None:
        """Mark one (h, w, 3) frame in place."""
        if self._frames % LOOK_EVERY == 0:
            self._look(frame)
        self._frames += 1
        cv2.add(frame, self._lighter, dst=frame)
        cv2.subtract(frame, self._darker, dst=frame)

    def _look(self, frame: Pixels) -> None:
        """Fit the strength to the picture, if it is another one than before."""
        luma = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
        if self._seen is not None and float(cv2.absdiff(luma, self._seen).mean()) < CHANGED:
            return
        self._seen = luma
        level, strength = _local(luma.astype(np.float32), ROUGHNESS_PX)
        # In place: planes of a large picture would be most of what this process holds.
        strength *= PER_ROUGHNESS
        strength += FLAT
        np.clip(strength, FLAT, MOST, out=strength)
        level *= (1 - DARK_SHARE) / DARK
        level += DARK_SHARE
        np.clip(level, DARK_SHARE, 1.0, out=level)
        strength *= level
        pattern = cv2.resize(self._pattern, luma.shape[::-1], interpolation=cv2.INTER_CUBIC)
        strength *= pattern / pattern.std()
        change = np.round(strength, out=strength)
        self._lighter = _three(np.maximum(change, 0))
        self._darker = _three(np.maximum(-change, 0))


class MarkReader:
    """Looks for marks of a key in a film; memory does not grow with its length."""

    def __init__(self, key: bytes) -> None:
        self._places, self._signs = _places(key)
        self._sum: Plane = np.zeros((SQUARE_PX, SQUARE_PX), np.float32)
        self._frames = 0

    def add(self, frame: Pixels) -> None:
        """Look at one more frame, of any size."""
        luma = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        shrinks = max(luma.shape) > SQUARE_PX
        way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        square = cv2.resize(luma, (SQUARE_PX, SQUARE_PX), interpolation=way)
        cv2.accumulate(square, self._sum)
        self._frames += 1

    def found(self) -> MarkFound:
        """Say what the frames so far carry, seen directly or in a mirror."""
        if self._frames == 0:
            return MarkFound(score=0.0, mark=None)
        mean: Plane = np.asarray(self._sum / self._frames, np.float32)
        straight, mirrored = (self._read(np.ascontiguousarray(m)) for m in (mean, mean[:, ::-1]))
        return max(straight, mirrored, key=lambda found: found.score)

    def _read(self, mean: Plane) -> MarkFound:
        local, _ = _local(mean, RESIDUE_PX)
        residue = mean - local
        loudness = np.sqrt(cv2.GaussianBlur(residue * residue, (0, 0), RESIDUE_PX))
        # Rough areas would drown the rest: everywhere the same loudness.
        even = np.asarray(residue / (loudness + QUIET), np.float32)
        spectrum = np.asarray(cv2.dct(even)).ravel()
        agreement = (self._signs * np.sign(spectrum[self._places])).sum(axis=1)
        certainty = agreement / np.sqrt(self._places.shape[1])
        score = float(np.abs(certainty).sum() / np.sqrt(BITS))
        return MarkFound(score=score, mark=_likely(certainty) if score > SURE else None)


def _likely(certainty: NDArray[np.float64]) -> Mark | None:
    """Read the bits; where the check fails, turn one of the least certain."""
    bits = sum(int(value > 0) << number for number, value in enumerate(certainty))
    doubtful = np.argsort(np.abs(certainty))[:DOUBTFUL_BITS]
    for tried in (bits, *(bits ^ (1 << int(number)) for number in doubtful)):
        if (mark := read_mark(tried)) is not None:
            return mark
    return None


def _pattern(key: bytes, mark_id: int) -> Plane:
    places, signs = _places(key)
    said = np.array([1.0 if mark_id >> number & 1 else -1.0 for number in range(BITS)])
    spectrum = np.zeros(SQUARE_PX * SQUARE_PX, np.float32)
    spectrum[places] = signs * said[:, np.newaxis]
    return np.asarray(cv2.idct(spectrum.reshape(SQUARE_PX, SQUARE_PX)), np.float32)


def _places(key: bytes) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Choose by the key where each bit lies, (bits, k), and with which signs.

    From SHAKE-256, which every machine computes alike, in every version.
    """
    down, across = np.mgrid[:SQUARE_PX, :SQUARE_PX]
    radius = np.hypot(down, across) / SQUARE_PX
    band = np.flatnonzero((radius > BAND[0]) & (radius < BAND[1]))
    stream = hashlib.shake_256(b"bolti mark:" + key).digest(9 * len(band))
    order = np.argsort(np.frombuffer(stream, "<u8", len(band)), kind="stable")
    coins = np.frombuffer(stream, np.uint8, offset=8 * len(band)) & 1
    k = len(band) // BITS
    places = band[order[: k * BITS]].reshape(BITS, k)
    signs = np.where(coins[: k * BITS] == 1, 1.0, -1.0).reshape(BITS, k)
    return places, signs


def _local(luma: Plane, size_px: float) -> tuple[Plane, Plane]:
    """Give mean and deviation around each pixel."""
    mean = np.asarray(cv2.GaussianBlur(luma, (0, 0), size_px), np.float32)
    spread = np.asarray(cv2.GaussianBlur(luma * luma, (0, 0), size_px), np.float32)
    spread -= mean * mean
    return mean, np.sqrt(np.maximum(spread, 0, out=spread), out=spread)


def _three(plane: Plane) -> Pixels:
    return np.repeat(plane.astype(np.uint8)[..., np.newaxis], 3, axis=2)
