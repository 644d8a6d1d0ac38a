"""Artifacts sealed at rest: an ``ArtifactStore`` around another one, with a key kept apart.

AES-256-GCM over pieces of one megabyte. Each piece carries its number and whether it is the last,
so that none can be changed, swapped or cut off unseen. What was stored before sealing was turned
on is given back as it is; it is gone by age within a day. To change the key, put the new one into
``store.encryption_key`` and the former into ``store.former_encryption_key``; after
``store.keep_hours`` nothing is sealed with the former one any more, and it can go.

Not sealed: scratch folders while a video is made, kept speech, and rows of the database.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline import errors
from pipeline.store import ArtifactStore
from pipeline.types import ArtifactKey

MAGIC: Final = b"BOLTI-SEALED-1\n"
KEY_ID_BYTES: Final = 8
SALT_BYTES: Final = 7
PIECE_BYTES: Final = 1 << 20
TAG_BYTES: Final = 16
HEAD_BYTES: Final = len(MAGIC) + KEY_ID_BYTES + SALT_BYTES


class SealedStore:
    """Seals what goes into a store, and opens what comes out; ``passwords``: the newest first."""

    def __init__(self, inner: ArtifactStore, passwords: Sequence[str]) -> None:
        keys = [hashlib.sha256(secret.encode()).digest() for secret in passwords]
        self._inner, self._newest = inner, keys[0]
        self._keys = {_id_of(key): key for key in keys}

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
        await self._inner.put_bytes(b"".join(self._sealed(_cut(data))), key)

    async def fetch(self, key: ArtifactKey, into: Path) -> Path:
        """Fetch and open; raises ``ArtifactMissing`` also for what cannot be opened."""
        sealed = into.with_name(into.name + ".sealed")
        try:
            await self._inner.fetch(key, sealed)
            await asyncio.to_thread(self._open_file, sealed, into, key)
        finally:
            sealed.unlink(missing_ok=True)
        return into

    async def read(self, key: ArtifactKey) -> bytes:
        """Read and open a small artifact; raises ``ArtifactMissing`` as ``fetch`` does."""
        data = await self._inner.read(key)
        if not data.startswith(MAGIC):
            return data
        body = data[HEAD_BYTES:]
        return b"".join(self._opened(data[:HEAD_BYTES], _cut(body, PIECE_BYTES + TAG_BYTES), key))

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
            target.writelines(self._sealed(_pieces(source, PIECE_BYTES)))

    def _open_file(self, sealed: Path, into: Path, key: ArtifactKey) -> None:
        with sealed.open("rb") as source:
            head = source.read(HEAD_BYTES)
            if head.startswith(MAGIC):
                part = into.with_name(into.name + ".part")
                try:
                    with part.open("wb") as target:
                        pieces = _pieces(source, PIECE_BYTES + TAG_BYTES)
                        target.writelines(self._opened(head, pieces, key))
                    part.replace(into)
                finally:
                    part.unlink(missing_ok=True)
                return
        sealed.replace(into)

    def _sealed(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        salt, cipher = secrets.token_bytes(SALT_BYTES), AESGCM(self._newest)
        yield MAGIC + _id_of(self._newest) + salt
        for nonce, piece in _numbered(salt, pieces):
            yield cipher.encrypt(nonce, piece, MAGIC)

    def _opened(self, head: bytes, pieces: Iterable[bytes], name: ArtifactKey) -> Iterator[bytes]:
        key = self._keys.get(head[len(MAGIC) : len(MAGIC) + KEY_ID_BYTES])
        if key is None or len(head) != HEAD_BYTES:
            raise errors.ArtifactMissing(name)
        cipher = AESGCM(key)
        try:
            for nonce, piece in _numbered(head[-SALT_BYTES:], pieces):
                yield cipher.decrypt(nonce, piece, MAGIC)
        except InvalidTag as e:
            raise errors.ArtifactMissing(name) from e


def _id_of(key: bytes) -> bytes:
    return hashlib.sha256(b"id of " + key).digest()[:KEY_ID_BYTES]


def _numbered(salt: bytes, pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Give each piece its nonce: the salt, its number, and whether it is the last."""
    number, waiting = 0, b""
    for number, piece in enumerate(pieces):
        if number:
            yield salt + (number - 1).to_bytes(4) + b"\0", waiting
        waiting = piece
    yield salt + number.to_bytes(4) + b"\1", waiting


def _cut(data: bytes, size: int = PIECE_BYTES) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while piece := file.read(size):
        yield piece
