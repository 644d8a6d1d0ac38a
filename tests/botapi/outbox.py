"""The log of every call: what came, with the digest of its files, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.botapi.faults import Fault
from tests.botapi.schema import Json
from tests.botapi.wire import ApiError, Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file that came with a call, by its digest."""

    name: str
    size_bytes: int
    sha256: str
    content_type: str


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of a method."""

    method: str
    at_s: float
    params: Json
    files: dict[str, UploadedFile] = field(default_factory=dict)
    fault: Fault | None = None
    error: ApiError | None = None
    result: Any = None
    is_done: bool = False
    """Whether it took effect."""
    is_answered: bool = False
    """Whether an answer went out."""

    is_over: bool = False
    """Whether the server is through with it, answered or not."""

    @property
    def is_refused(self) -> bool:
        """Whether it was answered with an error."""
        return self.error is not None


def logged(method: str, at_s: float, params: Json) -> Call:
    """Make the log entry of a call; contents of files become digests."""
    files: dict[str, UploadedFile] = {}
    plain = {name: _plain(name, value, files) for name, value in params.items()}
    return Call(method=method, at_s=at_s, params=plain, files=files)


def _plain(path: str, value: Any, files: dict[str, UploadedFile]) -> Any:
    match value:
        case Upload():
            files[path] = UploadedFile(
                name=value.name,
                size_bytes=len(value.content),
                sha256=value.sha256,
                content_type=value.content_type,
            )
            return f"<{value.name}, {len(value.content)} bytes>"
        case dict():
            return {k: _plain(f"{path}.{k}", v, files) for k, v in value.items()}
        case list():
            return [_plain(f"{path}[{i}]", v, files) for i, v in enumerate(value)]
        case _:
            return value
