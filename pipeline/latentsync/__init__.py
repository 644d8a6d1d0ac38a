"""LatentSync 1.5 and 1.6, our own inference: a picture or a video, and speech, to speaking frames.

::

    from pipeline.latentsync import LatentSync, Release, Weights

    model = LatentSync.load(Weights.of(folder, Release.V16), device="cuda")
    matrices = model.matrices(landmarks)            # left brow, right brow, nose of each frame
    for frame in model.sync([photo], list(matrices), speech):
        encode(frame)

A library of its own: it imports nothing of the application. Reading order: `engine` (the public
face), `speaking` and `chunks` (one speech, one chunk), `sampler`, then `unet` with `blocks`,
`attention` and `motion`, and beside them `audio`, `align`, `mask`, `vae`. What is fast on CUDA is
in `ops`, `kernels` and `graph`. `releases` and `pull` bring the files, `weights` loads them.
Importing this package imports torch only when a name that needs it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pipeline.latentsync.errors import LatentSyncError
from pipeline.latentsync.releases import Release

if TYPE_CHECKING:
    from pipeline.latentsync.chunks import Recipe
    from pipeline.latentsync.engine import LatentSync
    from pipeline.latentsync.speaking import Report
    from pipeline.latentsync.weights import Weights

__all__ = ["LatentSync", "LatentSyncError", "Recipe", "Release", "Report", "Weights"]

HEAVY = {
    "LatentSync": "engine",
    "Recipe": "chunks",
    "Report": "speaking",
    "Weights": "weights",
}
"""Names that need torch, and where they live."""


def __getattr__(name: str) -> object:
    if name in HEAVY:
        return getattr(import_module(f"pipeline.latentsync.{HEAVY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
