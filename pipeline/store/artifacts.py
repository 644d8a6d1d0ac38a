"""Bytes by key through obstore: ``file://`` by default, ``s3://`` for many machines, one code.

Files are streamed both ways, never held in memory whole. A put becomes visible at once or not at
all, by obstore's own staging; a fetch writes beside its target and renames. The module does not
know what the bytes are.

Where the next one goes: a scheme that obstore knows needs nothing here.
"""

from __future__ import annotations

import asyncio
import errno
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import aiofiles
import aiofiles.os
import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store, from_url

from pipeline import errors
from pipeline.types import ArtifactKey

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import S3Config

    from pipeline.settings import StoreSettings

CHUNK_BYTES = 8 << 20
"""A part of a large upload; S3 refuses parts below 5 MiB, the last one apart."""
LIMIT_S = 30.0
"""Longest wait for a small answer: read, copy within the store, delete, list."""
TRANSFER_LIMIT_S = 600.0
"""Longest wait for a file to go in or come out."""

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


class ObjectStore:
    """An ``ArtifactStore`` on a URL; ``settings`` say how an S3 bucket is reached."""

    def __init__(self, url: str, settings: StoreSettings | None = None) -> None:
        self._store: obstore.store.ObjectStore
        if url.startswith("file:"):
            # Empty folders go with their last file, or a million jobs leave a million of them.
            self._store = LocalStore.from_url(url, mkdir=True, automatic_cleanup=True)
        elif url.startswith("s3:") and settings is not None:
            self._store = _bucket(url, settings)
        else:
            self._store = from_url(url)

    async def put(self, path: Path, key: ArtifactKey) -> None:
        """Store a file; what was under the key is replaced, never half."""
        async with _translated(checked(key), TRANSFER_LIMIT_S):
            await aiofiles.os.stat(path)  # obstore's words for a missing file name neither side
            await obstore.put_async(self._store, key, path, chunk_size=CHUNK_BYTES)

    async def put_bytes(self, data: bytes, key: ArtifactKey) -> None:
        """Store a few bytes; what was under the key is replaced, never half."""
        async with _translated(checked(key), LIMIT_S):
            await obstore.put_async(self._store, key, data)

    async def fetch(self, key: ArtifactKey, into: Path) -> Path:
        """Write the bytes to the file ``into`` and return it."""
        part = into.with_name(into.name + ".part")
        async with _translated(checked(key), TRANSFER_LIMIT_S):
            found = await obstore.get_async(self._store, key)
            try:
                async with aiofiles.open(part, "wb") as file:
                    async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
                        await file.write(chunk)
                await aiofiles.os.replace(part, into)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return into

    async def read(self, key: ArtifactKey) -> bytes:
        """Return the bytes, of a small artifact."""
        async with _translated(checked(key), LIMIT_S):
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def copy(self, source: ArtifactKey, target: ArtifactKey) -> None:
        """Store the same bytes under another key."""
        checked(target)
        async with _translated(checked(source), LIMIT_S):
            await obstore.copy_async(self._store, source, target)

    async def delete(self, key: ArtifactKey) -> None:
        """Delete one artifact; one that is not there is fine."""
        await self._delete([checked(key)])

    async def delete_under(self, prefix: str) -> int:
        """Delete all under a prefix and tell how many there were."""
        found = [item["path"] for item in await self._listed(prefix)]
        await self._delete(found)
        return len(found)

    async def list_older(self, prefix: str, before: datetime) -> list[ArtifactKey]:
        """List what was stored under a prefix before a time."""
        items = await self._listed(prefix)
        return [ArtifactKey(item["path"]) for item in items if item["last_modified"] < before]

    async def _listed(self, prefix: str) -> Sequence[ObjectMeta]:
        async with _translated(checked(prefix.rstrip("/")), TRANSFER_LIMIT_S):
            return await obstore.list(self._store, prefix.rstrip("/")).collect_async()

    async def _delete(self, keys: list[str]) -> None:
        for key in keys:
            try:
                async with _translated(key, LIMIT_S):
                    await obstore.delete_async(self._store, key)
            except errors.ArtifactMissing:
                continue


def _bucket(url: str, settings: StoreSettings) -> S3Store:
    """Open a bucket, at Amazon's or on a server of one's own (MinIO, Ceph, Garage)."""
    config: S3Config = {}
    if settings.s3_region:
        config["region"] = settings.s3_region
    if settings.s3_key_id and settings.s3_key:
        config["access_key_id"] = settings.s3_key_id.get_secret_value()
        config["secret_access_key"] = settings.s3_key.get_secret_value()
    if not settings.s3_endpoint:
        return S3Store.from_url(url, config=config)
    config["endpoint"] = settings.s3_endpoint
    # Servers of one's own have one name, and no bucket's name before it.
    config["virtual_hosted_style_request"] = False
    plain = settings.s3_endpoint.startswith("http://")
    return S3Store.from_url(url, config=config, client_options={"allow_http": plain})


def checked(key: str) -> str:
    """Return the key, or raise ``ValueError`` for one that is absolute, climbs or hides."""
    if not all(_SEGMENT.fullmatch(segment) for segment in key.split("/")):
        raise ValueError(f"Not a key of an artifact: {key!r}.")
    return key


@asynccontextmanager
async def _translated(key: str, limit_s: float) -> AsyncIterator[None]:
    """Turn what the store or the disk raises into errors of ours, within a time."""
    try:
        async with asyncio.timeout(limit_s):
            yield
    except NotFoundError as e:
        raise errors.ArtifactMissing(key) from e
    except TimeoutError as e:
        raise errors.StoreUnavailable(f"no answer within {limit_s:.0f} s") from e
    except BaseError as e:
        # obstore passes the operating system's words on, not its number.
        if "No space left on device" in str(e) or "os error 28" in str(e):
            raise errors.DiskFull(key) from e
        raise errors.StoreUnavailable(type(e).__name__) from e
    except OSError as e:
        # obstore 0.12.1 gives the builtin, without a number, for a missing object; with a number
        # it is a file on our side, and a bug of the caller.
        if isinstance(e, FileNotFoundError) and e.errno is None:
            raise errors.ArtifactMissing(key) from e
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.DiskFull(key) from e
        raise
