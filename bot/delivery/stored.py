"""Take a finished video and its stills out of the store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from pipeline.store import ArtifactStore
from pipeline.types import RenderResult


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVideo:
    """A finished video in bytes, not open files: PTB's limiter may repeat a call."""

    video: bytes
    thumbnail: bytes
    cover: bytes | None
    """What is shown until it plays; None where it was made before there was one."""


async def stored_video(store: ArtifactStore, result: RenderResult, folder: Path) -> StoredVideo:
    """Give a video with its stills. Raises ``ArtifactMissing``."""
    video = await store.fetch(result.video, folder / "video.mp4")
    thumbnail = await store.fetch(result.thumbnail, folder / "thumb.jpg")
    cover = None if result.cover is None else await store.fetch(result.cover, folder / "cover.jpg")
    return await asyncio.to_thread(
        lambda: StoredVideo(
            video=video.read_bytes(),
            thumbnail=thumbnail.read_bytes(),
            cover=None if cover is None else cover.read_bytes(),
        )
    )
