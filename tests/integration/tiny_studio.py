"""The studio child of the product, over a tiny LatentSync: ``python -m`` it through ``Child``.

Each film notes in ``begun.txt`` beside the weights at which frame the engine began. A file named
``fault`` there makes the device break after some frames, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.child import serve
from pipeline.latentsync import LatentSync
from pipeline.latentsync.releases import Release
from pipeline.lipsync import LipSyncEngine
from pipeline.lipsync.latentsync import LatentSyncEngine
from pipeline.portrait import FaceFollower, Pixels
from pipeline.settings import LatentSyncSettings
from pipeline.studio.room import Studio
from pipeline.types import EngineName
from tests import tiny_latentsync

NAME = "tests.integration.tiny_studio"
FAULT_AFTER = 40


class Watched:
    """A loaded release that notes what is asked of it, and breaks where the test wants."""

    def __init__(self, model: LatentSync, folder: Path) -> None:
        self.model, self.folder = model, folder

    def matrices(self, points: Any, **options: Any) -> Any:
        return self.model.matrices(points, **options)

    def sync(self, *args: Any, **options: Any) -> Iterator[Pixels]:
        with (self.folder / "begun.txt").open("a") as file:
            file.write(f"{options['first_frame']}\n")
        fault = self.folder / "fault"
        for number, frame in enumerate(self.model.sync(*args, **options)):
            if number == FAULT_AFTER and fault.exists():
                fault.unlink()
                raise RuntimeError("CUDA error: an illegal memory access was encountered")
            yield frame


def load(folder: Path, release: Release) -> LatentSync:
    watched: Any = Watched(tiny_latentsync.load(folder, release), folder)
    return watched  # type: ignore[no-any-return]


def make_engine(
    name: EngineName, settings: LatentSyncSettings, mesh: FaceFollower
) -> LipSyncEngine:
    return LatentSyncEngine(settings, load=partial(load, Path(settings.weights)))


if __name__ == "__main__":
    serve(Studio(make_engine).handle)
