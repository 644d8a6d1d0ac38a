"""Everything that can go wrong inside the library.

    LatentSyncError
    ├── WeightsError
    │   ├── WeightsMissing          a file is not there
    │   ├── WeightsUnreadable       truncated, hostile, or no checkpoint at all
    │   ├── WeightsMismatch         readable, but not the network that was asked for
    │   ├── WeightsNotFinite        NaN or infinity among the values
    │   └── WeightsPullFailed       the hub or the mirror did not give the files
    ├── AudioUnusable               empty, too short, not mono, not finite
    ├── FaceUnusable                the three face points give no alignment
    ├── PrecisionUnsupported        a dtype that this library does not run in
    ├── ConfigUnsupported           a network description that is not LatentSync 1.5 / 1.6
    └── MemoryExhausted             out of memory after every step down

The errors carry their values. They know nothing of jobs, users or retries: the caller decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SHOWN_KEYS = 3


class LatentSyncError(Exception):
    """Something that the LatentSync library could not do."""


class WeightsError(LatentSyncError):
    """A file of weights cannot be used."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path.name}: {message}")
        self.path = path


class WeightsMissing(WeightsError):
    """A file of weights is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, f"not found in {path.parent}. Pull the weights first.")


class WeightsUnreadable(WeightsError):
    """A file is truncated, hostile, or no checkpoint at all."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, f"cannot be read as weights ({reason}). Pull it again.")
        self.reason = reason


class WeightsMismatch(WeightsError):
    """A checkpoint is readable, but its tensors are not those of the network asked for."""

    def __init__(
        self,
        path: Path,
        *,
        missing: Sequence[str],
        unexpected: Sequence[str],
        misshapen: Sequence[str],
        looks_like: str,
    ) -> None:
        parts = [
            f"{len(keys)} {word} (first: {', '.join(keys[:SHOWN_KEYS])})"
            for word, keys in (
                ("missing", missing),
                ("unexpected", unexpected),
                ("of another shape", misshapen),
            )
            if keys
        ]
        super().__init__(path, f"tensors {'; '.join(parts)}. It looks like {looks_like}.")
        self.missing, self.unexpected, self.misshapen = missing, unexpected, misshapen
        self.looks_like = looks_like


class WeightsNotFinite(WeightsError):
    """A tensor holds NaN or infinity."""

    def __init__(self, path: Path, key: str) -> None:
        super().__init__(path, f"{key} holds values that are not finite. Pull it again.")
        self.key = key


class WeightsPullFailed(LatentSyncError):
    """The hub or the mirror did not give the files, or there is no room for them."""


class AudioUnusable(LatentSyncError):
    """The speech is empty, too short, not mono or not finite."""


class FaceUnusable(LatentSyncError):
    """The three face points give no alignment."""


class PrecisionUnsupported(LatentSyncError):
    """A dtype that this library does not run in."""


class ConfigUnsupported(LatentSyncError):
    """A network description that is not LatentSync 1.5 or 1.6."""


class MemoryExhausted(LatentSyncError):
    """Out of memory, even after every step down."""
