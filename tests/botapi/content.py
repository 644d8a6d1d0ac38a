"""Files as parts of a message: bytes go into the store, the JSON that shows them comes out.

Used for what the bot uploads and for what people send alike. Blocking.
"""

from __future__ import annotations

from pathlib import PurePath

from tests.botapi import media
from tests.botapi.files import FileKind, FileStore, StoredFile
from tests.botapi.media import Probe
from tests.botapi.schema import Json


def photo(files: FileStore, content: bytes) -> Json:
    """Keep a photo in its sizes, the largest last."""
    stored = [
        (files.put(FileKind.PHOTO, sized.content, ".jpg"), sized)
        for sized in media.photo_sizes(content)
    ]
    part = {"photo": [{**f.wire, "width": s.width, "height": s.height} for f, s in stored]}
    for one, _ in stored:
        files.remember(one.file_id, part)
    return part


def thumbnail(files: FileStore, content: bytes) -> Json:
    """Keep a thumbnail."""
    found = media.picture_size(content)
    width, height = found[1:] if found else (0, 0)
    return {
        **files.put(FileKind.THUMBNAIL, content, ".jpg").wire,
        "width": width,
        "height": height,
    }


def video(files: FileStore, content: bytes, shown: Json, name: str | None = None) -> Json:
    """Keep a video; ``shown`` is its width, height and duration, and a thumbnail if any."""
    stored = files.put(FileKind.VIDEO, content, ".mp4")
    return _kept(files, stored, {**shown, "mime_type": "video/mp4", **_name(name)})


def animation(files: FileStore, content: bytes, shown: Json, name: str | None = None) -> Json:
    """Keep a silent video or GIF; it shows as an animation, and as a document to old clients."""
    stored = files.put(FileKind.ANIMATION, content, ".mp4")
    part = {**shown, "mime_type": "video/mp4", **_name(name)}
    also = {"document": {**stored.wire, "mime_type": "video/mp4", **_name(name)}}
    return _kept(files, stored, part, also)


def video_note(files: FileStore, content: bytes, shown: Json) -> Json:
    """Keep a round video; ``shown`` is its length and duration, and a thumbnail if any."""
    stored = files.put(FileKind.VIDEO_NOTE, content, ".mp4")
    return _kept(files, stored, shown)


def voice(files: FileStore, content: bytes, duration: int) -> Json:
    """Keep a voice note."""
    stored = files.put(FileKind.VOICE, content, ".oga")
    return _kept(files, stored, {"duration": duration, "mime_type": "audio/ogg"})


def audio(files: FileStore, content: bytes, shown: Json, name: str) -> Json:
    """Keep a piece of music; ``shown`` is its duration, and title and performer if any."""
    stored = files.put(FileKind.AUDIO, content, PurePath(name).suffix)
    return _kept(files, stored, {**shown, "mime_type": "audio/mpeg", **_name(name)})


def document(files: FileStore, content: bytes, name: str, mime_type: str, shown: Json) -> Json:
    """Keep a file as it is."""
    stored = files.put(FileKind.DOCUMENT, content, PurePath(name).suffix)
    return _kept(files, stored, {**shown, "mime_type": mime_type, **_name(name)})


def sticker(files: FileStore, content: bytes) -> Json:
    """Keep a static sticker."""
    stored = files.put(FileKind.STICKER, content, ".webp")
    flags = {"is_animated": False, "is_video": False}
    return _kept(files, stored, {"type": "regular", "width": 512, "height": 512, **flags})


def geometry(probe: Probe) -> Json:
    """Write what a probe saw as the fields of a video."""
    return {
        "width": probe.width,
        "height": probe.height,
        "duration": round(probe.duration_s),
    }


def _kept(files: FileStore, stored: StoredFile, shown: Json, also: Json | None = None) -> Json:
    part = {str(stored.kind): {**stored.wire, **shown}, **(also or {})}
    files.remember(stored.file_id, part)
    return part


def _name(name: str | None) -> Json:
    return {"file_name": name} if name else {}
