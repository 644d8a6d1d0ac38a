"""A portrait for a first look, which nobody has to bring along.

Grace Hopper, photographed by James S. Davis for the US Navy: in the public domain. The photo lies
inside an installed package, which is not imported; what is said over it is a door's business.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

PACKAGE: Final = "matplotlib"
INSIDE: Final = "mpl-data/sample_data/grace_hopper.jpg"


def public_portrait() -> Path | None:
    """Find the photo; None where the package is not installed, or without its photos."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    photo = Path(spec.origin).parent / INSIDE
    return photo if photo.is_file() else None
