"""Looks into files as Telegram's servers and clients do: sizes, lengths, thumbnails, frames.

Blocking; callers run it in a thread. It knows bytes and no Bot API.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
from PIL import Image, ImageOps

PHOTO_SIDES = (90, 320, 800, 1280)
"""The longest sides of the sizes in which a photo is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a file of sound or moving pictures holds."""

    container: str
    duration_s: float
    width: int = 0
    height: int = 0
    video_codec: str | None = None
    audio_codec: str | None = None

    @property
    def is_video(self) -> bool:
        """Whether Telegram would play it as a video: MP4 with H.264 or H.265 and sound."""
        playable = self.video_codec in {"h264", "hevc"}
        return "mp4" in self.container and playable and self.audio_codec is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedPicture:
    """One size of a photo, as JPEG."""

    width: int
    height: int
    content: bytes


def probe(content: bytes) -> Probe | None:
    """Look into a media file; ``None`` when it is none."""
    try:
        with av.open(io.BytesIO(content), "r") as container:
            video = next(iter(container.streams.video), None)
            audio = next(iter(container.streams.audio), None)
            return Probe(
                container=container.format.name,
                duration_s=(container.duration or 0) / av.time_base,
                width=video.width if video else 0,
                height=video.height if video else 0,
                video_codec=video.codec_context.name if video else None,
                audio_codec=audio.codec_context.name if audio else None,
            )
    except (av.FFmpegError, ValueError):
        return None


def picture_size(content: bytes) -> tuple[str, int, int] | None:
    """Read a picture's format, width and height; ``None`` when it is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.format or "", picture.width, picture.height
    except (OSError, Image.DecompressionBombError):
        return None


def photo_sizes(content: bytes) -> list[SizedPicture]:
    """Shrink and re-encode a photo the way a client sends it: upright, JPEG, several sizes."""
    with Image.open(io.BytesIO(content)) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    longest = max(upright.size)
    sides = [side for side in PHOTO_SIDES if side < longest]
    sides.append(min(longest, PHOTO_SIDES[-1]))
    return [_sized(upright, side) for side in sorted(set(sides))]


def frames(content: bytes, count: int) -> list[Image.Image]:
    """Take ``count`` frames, evenly from the first to the last, of a video."""
    with av.open(io.BytesIO(content), "r") as container:
        total = sum(1 for _ in container.decode(video=0))
        wanted = {round(i * (total - 1) / max(1, count - 1)) for i in range(count)}
        container.seek(0)
        shown = enumerate(container.decode(video=0))
        return [
            Image.fromarray(frame.to_ndarray(format="rgb24"))
            for index, frame in shown
            if index in wanted
        ]


def _sized(picture: Image.Image, side: int) -> SizedPicture:
    copy = picture.copy()
    copy.thumbnail((side, side))
    written = io.BytesIO()
    copy.save(written, "JPEG", quality=87)
    return SizedPicture(width=copy.width, height=copy.height, content=written.getvalue())
