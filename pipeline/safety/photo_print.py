"""The print of a photo: exact, and by its looks.

The look is the signs of the lowest frequencies of a small grey copy (a "perceptual hash" of 64
bits): scaling, compression and small changes of light flip a few of them. A picture so plain that
its look would fit many others has none.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.types import PhotoPrint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE_PX: Final = 32
KEPT: Final = 8
NEAR_BITS: Final = 8
"""Two looks that differ in so many of 64 bits, or fewer, are of one photo."""
LEAST_CONTRAST: Final = 4.0
"""Standard deviation of the small copy, of 255; below it a picture is too plain."""


def print_of(picture: Path) -> PhotoPrint:
    """Take the print of a picture of ours. Blocking, some milliseconds."""
    import numpy as np
    from PIL import Image

    with Image.open(picture) as image:
        small = image.convert("L").resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    grey = np.asarray(small, dtype=np.float64)
    return PhotoPrint(
        sha256=hashlib.sha256(picture.read_bytes()).hexdigest(),
        look=_look(grey) if grey.std() >= LEAST_CONTRAST else "",
    )


def is_same(one: PhotoPrint, other: PhotoPrint) -> bool:
    """Tell whether two prints are of one photo."""
    if one.sha256 == other.sha256:
        return True
    if not (one.look and other.look):
        return False
    return (int(one.look, 16) ^ int(other.look, 16)).bit_count() <= NEAR_BITS


def _look(grey: NDArray[np.float64]) -> str:
    import numpy as np

    steps = np.arange(SIDE_PX)
    waves = np.cos(np.pi * (steps[:, None] + 0.5) * np.arange(1, KEPT + 1)[None] / SIDE_PX)
    low = (waves.T @ grey @ waves).ravel()
    bits = low > np.median(low)
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"
