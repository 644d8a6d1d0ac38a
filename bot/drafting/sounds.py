"""What in a message can be heard: a voice note, an audio file, the sound of a video.

Knows how Telegram describes files; what is in them is found out by the pipeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from telegram import Audio, Document, Message, Video, VideoNote, Voice
from telegram.ext import filters

SOUND = (
    filters.VOICE
    | filters.AUDIO
    | filters.VIDEO_NOTE
    | filters.VIDEO
    | filters.Document.AUDIO
    | filters.Document.VIDEO
    | filters.Document.MimeType("application/ogg")
)
"""A GIF is none of these: it has no sound. Its handler comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A file that can be heard, as Telegram describes it; neither number is trusted alone."""

    file_id: str
    size_bytes: int | None
    duration_s: float | None
    """None for a file sent as it is."""


def sound_of(message: Message) -> Sound | None:
    """Find the sound of a message; None where it has none."""
    heard = message.voice or message.audio or message.video_note or message.video
    return _described(heard or message.document)


def _described(
    file: Voice | Audio | VideoNote | Video | Document | None,
) -> Sound | None:
    if file is None:
        return None
    duration = None if isinstance(file, Document) else file.duration
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    return Sound(file_id=file.file_id, size_bytes=file.file_size, duration_s=seconds)
