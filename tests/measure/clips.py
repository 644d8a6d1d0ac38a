"""Small clips of many kinds that carry no mark: portraits, slopes, noise, letters, streets."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from pipeline.portrait import Pixels
from tests import faces

FRAMES = 10


def clean_clip(number: int, side_px: int = 320) -> list[Pixels]:
    """Draw clip number n: always the same for a number, never the same for two."""
    chance = np.random.default_rng(number)
    width, height = (int(2 * round(side_px * s / 2)) for s in chance.uniform(0.6, 1.0, 2))
    kinds = (_photo, _slope, _noise, _letters)
    still = kinds[number % len(kinds)](chance, width + 16, height + 16)
    still = np.clip(still.astype(np.float32) * chance.uniform(0.6, 1.3), 0, 255).astype(np.uint8)
    clip = []
    for frame in range(FRAMES):
        left, top = (round(8 + 7 * np.sin(frame / 5 + phase)) for phase in (0.0, 1.3))
        clip.append(np.ascontiguousarray(still[top : top + height, left : left + width]))
    return clip


def _photo(chance: np.random.Generator, width: int, height: int) -> Pixels:
    paths = [faces.hopper(), faces.astronaut(), faces.profile(), *faces.without_a_face()]
    photo = _read(paths[int(chance.integers(len(paths)))])
    share = chance.uniform(0.4, 1.0)
    rows, columns = (max(32, int(share * side)) for side in photo.shape[:2])
    top = int(chance.integers(photo.shape[0] - rows + 1))
    left = int(chance.integers(photo.shape[1] - columns + 1))
    return np.asarray(
        cv2.resize(photo[top : top + rows, left : left + columns], (width, height)), np.uint8
    )


@lru_cache(8)
def _read(path: Path) -> Pixels:
    return faces.pixels(path)


def _slope(chance: np.random.Generator, width: int, height: int) -> Pixels:
    corners = chance.uniform(0, 255, (2, 2, 3)).astype(np.float32)
    return np.asarray(cv2.resize(corners, (width, height)), np.float32).astype(np.uint8)


def _noise(chance: np.random.Generator, width: int, height: int) -> Pixels:
    grain = chance.normal(0, 60, (height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), float(chance.uniform(0.5, 6)))
    return np.asarray(np.clip(128 + 50 * soft / soft.std(), 0, 255), np.uint8)


def _letters(chance: np.random.Generator, width: int, height: int) -> Pixels:
    page = np.full((height, width, 3), chance.integers(0, 255, 3), np.uint8)
    for _ in range(int(chance.integers(3, 30))):
        letters = "".join(chr(c) for c in chance.integers(33, 126, 12))
        place = (int(chance.integers(-20, width)), int(chance.integers(0, height)))
        colour = tuple(int(c) for c in chance.integers(0, 255, 3))
        cv2.putText(page, letters, place, 0, float(chance.uniform(0.3, 2)), colour, 2)
    return page
