"""Artifacts sealed at rest: an ``ArtifactStore`` around another one, with a key kept apart.

How bytes are sealed stands in ``pipeline/sealing.py``. What was stored before sealing was turned
on is given back as it is; it is gone by age within a day. To change the key, put the new one into
``store.encryption_key`` and the former into ``store.former_encryption_key``; after
``store.keep_hours`` nothing is sealed with the former one any more, and it can go.

Not sealed: scratch folders while a video is made. Engines read files, in processes that hold no
secret; ``store.scratch_folder`` lays those in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from pipeline import errors
from pipeline.sealing import HEAD_BYTES, MAGIC, PIECE_BYTES, TAG_BYTES, Sealer
from pipeline.store import ArtifactStore
from pipeline.types import ArtifactKey


class SealedStore:
    """Seals what goes into a store, and opens what comes out."""

    def __init__(self, inner: ArtifactStore, sealer: Sealer) -> None:
        self._inner, self._sealer = inner, sealer

    async def put(self, path: Path, key: ArtifactKey) -> None:
        """Seal a file beside it, and store that."""
        sealed = path.with_name(path.name + ".sealed")
        try:
            await asyncio.to_thread(self._seal_file, path, sealed)
            await self._inner.put(sealed, key)
        finally:
            sealed.unlink(missing_ok=True)

    async def put_bytes(self, data: bytes, key: ArtifactKey) -> None:
        """Seal a few bytes and store them."""
        await self._inner.put_bytes(self._sealer.seal(data), key)

    async def fetch(self, key: ArtifactKey, into: Path) -> Path:
        """Fetch and open; raises ``ArtifactMissing`` also for what cannot be opened."""
        sealed = into.with_name(into.name + ".sealed")
        try:
            await self._inner.fetch(key, sealed)
            await asyncio.to_thread(self._open_file, sealed, into)
        except InvalidTag as e:
            raise errors.ArtifactMissing(key) from e
        finally:
            sealed.unlink(missing_ok=True)
        return into

    async def read(self, key: ArtifactKey) -> bytes:
        """Read and open a small artifact; raises ``ArtifactMissing`` as ``fetch`` does."""
        try:
            return self._sealer.open(await self._inner.read(key))
        except InvalidTag as e:
            raise errors.ArtifactMissing(key) from e

    async def copy(self, source: ArtifactKey, target: ArtifactKey) -> None:
        """Copy as it lies."""
        await self._inner.copy(source, target)

    async def delete(self, key: ArtifactKey) -> None:
        """Delete one artifact."""
        await self._inner.delete(key)

    async def delete_under(self, prefix: str) -> int:
        """Delete all under a prefix."""
        return await self._inner.delete_under(prefix)

    async def list_older(self, prefix: str, before: datetime) -> list[ArtifactKey]:
        """List what was stored under a prefix before a time."""
        return await self._inner.list_older(prefix, before)

    def _seal_file(self, path: Path, sealed: Path) -> None:
        with path.open("rb") as source, sealed.open("wb") as target:
            target.writelines(self._sealer.sealed(_pieces(source, PIECE_BYTES)))

    def _open_file(self, sealed: Path, into: Path) -> None:
        with sealed.open("rb") as source:
            head = source.read(HEAD_BYTES)
            if head.startswith(MAGIC):
                part = into.with_name(into.name + ".part")
                try:
                    with part.open("wb") as target:
                        pieces = _pieces(source, PIECE_BYTES + TAG_BYTES)
                        target.writelines(self._sealer.opened(head, pieces))
                    part.replace(into)
                finally:
                    part.unlink(missing_ok=True)
                return
        sealed.replace(into)


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while piece := file.read(size):
        yield piece
