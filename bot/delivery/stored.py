"""Take a finished video and its thumbnail out of the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pipeline.store import ArtifactStore
from pipeline.types import RenderResult


async def stored_video(
    store: ArtifactStore, result: RenderResult, folder: Path
) -> tuple[bytes, bytes]:
    """Give video and thumbnail. Raises ``ArtifactMissing``.

    Bytes, not an open file: PTB's limiter may repeat the call, and a read file is empty.
    """
    video = await store.fetch(result.video, folder / "video.mp4")
    thumbnail = await store.fetch(result.thumbnail, folder / "thumb.jpg")
    return await asyncio.to_thread(lambda: (video.read_bytes(), thumbnail.read_bytes()))
