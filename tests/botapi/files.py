"""The files that the server keeps, found by file_id or by path."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.botapi.schema import Json
from tests.botapi.wire import bad_request


class FileKind(StrEnum):
    """What a file was sent as; its id works for nothing else."""

    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    VIDEO_NOTE = "video_note"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    THUMBNAIL = "thumbnail"


PREFIXES = {
    FileKind.PHOTO: "AgAC",
    FileKind.VIDEO: "BAAC",
    FileKind.ANIMATION: "CgAC",
    FileKind.VIDEO_NOTE: "DQAC",
    FileKind.VOICE: "AwAC",
    FileKind.AUDIO: "CQAC",
    FileKind.DOCUMENT: "BQAC",
    FileKind.STICKER: "CAAC",
    FileKind.THUMBNAIL: "AAMC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file: its names on the wire, its content, and where it can be downloaded."""

    file_id: str
    unique_id: str
    kind: FileKind
    content: bytes
    path: str

    @property
    def wire(self) -> Json:
        """The fields that every file on the wire has."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }


class FileStore:
    """Keeps files in memory."""

    def __init__(self) -> None:
        self.shared: Path | None = None
        """A folder that the bot sees too: files go there, and are named by their path."""
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._contents: dict[str, Json] = {}
        self._numbers = itertools.count()

    def put(self, kind: FileKind, content: bytes, suffix: str) -> StoredFile:
        """Keep a file; the same bytes keep their unique id, never their file_id."""
        number = next(self._numbers)
        digest = hashlib.sha256(content).hexdigest()
        stored = StoredFile(
            file_id=f"{PREFIXES[kind]}AgI{digest[:40]}{number:06d}",
            unique_id=f"AQAD{digest[:12]}",
            kind=kind,
            content=content,
            path=f"{kind}s/file_{number}{suffix}",
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def remember(self, file_id: str, content: Json) -> None:
        """Keep the part of a message that shows this file, to be sent again by its id."""
        self._contents[file_id] = content

    def again(self, file_id: str, kind: FileKind) -> Json:
        """Give the part of a message that shows a file already here, or raise the 400."""
        stored = self.get(file_id)
        if stored.kind is not kind:
            was, wanted = stored.kind.title(), kind.title()
            raise bad_request(f"can't use file of type {was} as {wanted}")
        return self._contents[file_id]

    def get(self, file_id: str) -> StoredFile:
        """Find a file by its id, or raise the 400."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return stored

    def at(self, path: str) -> StoredFile | None:
        """Find a file by the path that getFile gave."""
        return self._by_path.get(path)
