"""What is kept: bytes by key, and small rows.

The port ``ArtifactStore`` and ``create()``; the rows (drafts, outbox, orders, line) live in the
database of the jobs and have one class each in the file of their name. Nothing here knows what a
portrait is or when to delete one. This module is light: obstore is imported when a store is
created, SQLAlchemy by the files of the rows.

Where the next one goes: another place for bytes is an adapter beside ``artifacts.py``, listed in
``tests/contract/test_artifact_stores.py``; another kind of row is a file with its table and class.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.sealing import sealer_of
from pipeline.types import ArtifactKey

if TYPE_CHECKING:
    from pipeline.settings import Settings


class ArtifactStore(Protocol):
    """Keep bytes under keys.

    A key is relative, of plain segments: ``jobs/<job id>/out.mp4``. Every verb may be repeated.
    Raises ``DiskFull`` and ``StoreUnavailable``, both worth a retry; a key that climbs out of the
    store is a bug and raises ``ValueError``.
    """

    async def put(self, path: Path, key: ArtifactKey) -> None:
        """Store a file; what was under the key is replaced, never half."""

    async def put_bytes(self, data: bytes, key: ArtifactKey) -> None:
        """Store a few bytes; what was under the key is replaced, never half."""

    async def fetch(self, key: ArtifactKey, into: Path) -> Path:
        """Write the bytes to the file ``into`` and return it; raises ``ArtifactMissing``."""
        ...

    async def read(self, key: ArtifactKey) -> bytes:
        """Return the bytes, of a small artifact; raises ``ArtifactMissing``."""
        ...

    async def copy(self, source: ArtifactKey, target: ArtifactKey) -> None:
        """Store the same bytes under another key; raises ``ArtifactMissing``."""

    async def delete(self, key: ArtifactKey) -> None:
        """Delete one artifact; one that is not there is fine."""

    async def delete_under(self, prefix: str) -> int:
        """Delete all under a prefix, such as ``jobs/<job id>``, and tell how many there were."""
        ...

    async def list_older(self, prefix: str, before: datetime) -> list[ArtifactKey]:
        """List what was stored under a prefix before a time."""
        ...


def create(settings: Settings) -> ArtifactStore:
    """Open the artifact store that the settings name: a folder or a bucket."""
    from pipeline.store.artifacts import ObjectStore

    objects = ObjectStore(settings.store_url, settings.store)
    if (sealer := sealer_of(settings.store)) is None:
        return objects
    from pipeline.store.sealed import SealedStore

    return SealedStore(objects, sealer)
