"""How long each stage of a render takes, noted while its progress passes by."""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.types import Progress, Stage

OnProgress = Callable[[Progress], None]


class Watch:
    """Passes progress on and keeps how long each stage took."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._stage: Stage | None = None
        self._since_s = time.monotonic()
        self._timings_s: dict[Stage, float] = {}

    def __call__(self, progress: Progress) -> None:
        """Pass progress on."""
        if progress.stage is not self._stage:
            self.end()
            self._stage = progress.stage
        self._on_progress(progress)

    def end(self) -> dict[Stage, float]:
        """Tell how long each stage took, in seconds; the last one ends now."""
        now_s = time.monotonic()
        if self._stage is not None:
            taken_s = self._timings_s.get(self._stage, 0.0) + now_s - self._since_s
            self._timings_s[self._stage] = round(taken_s, 3)
        self._since_s = now_s
        return self._timings_s
