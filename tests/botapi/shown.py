"""A message as a person sees it: a frozen picture of one moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.botapi.chats import Entry
from tests.botapi.files import FileStore
from tests.botapi.schema import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """An inline button."""

    label: str
    callback_data: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVideo:
    """A video that plays in the chat."""

    width: int
    height: int
    duration_s: int
    size_bytes: int
    file_id: str
    thumbnail_size: tuple[int, int] | None
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message at the moment when it was looked at."""

    message_id: int
    from_bot: bool
    text: str
    """The text, or the caption."""
    buttons: tuple[tuple[Button, ...], ...]
    reply_to: int | None
    video: ShownVideo | None
    reactions: tuple[str, ...]
    is_edited: bool
    is_silent: bool
    changed: int
    """The number of the event that last touched it: larger is later."""
    wire: Json
    """The message as on the wire."""

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons, row by row."""
        return [button.label for row in self.buttons for button in row]

    def button(self, pattern: str) -> Button | None:
        """Find the button whose label is ``pattern`` or matches it as a regular expression."""
        every = [button for row in self.buttons for button in row]
        exact = (button for button in every if button.label == pattern)
        loose = (button for button in every if re.search(pattern, button.label))
        return next(exact, None) or next(loose, None)

    def __str__(self) -> str:
        kind = next((k for k in ("video", "photo", "voice", "document") if k in self.wire), "")
        who = "bot" if self.from_bot else "person"
        labels = "".join(f" [{label}]" for label in self.labels)
        marks = "".join(self.reactions)
        return f"#{self.message_id} {who}: {kind} {self.text!r}{labels} {marks}".strip()


Wanted = str | Callable[[Shown], bool]
"""A regular expression for the text or caption, or a question about the message."""


def is_wanted(shown: Shown, wanted: Wanted) -> bool:
    """Tell whether a message is the one that somebody waits for."""
    if isinstance(wanted, str):
        return re.search(wanted, shown.text, re.DOTALL) is not None
    return wanted(shown)


def look(entry: Entry, files: FileStore) -> Shown:
    """Take the picture of a message as it is now."""
    message = entry.message
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    reply = message.get("reply_to_message")
    return Shown(
        message_id=entry.id,
        from_bot=entry.from_bot,
        text=message.get("text") or message.get("caption") or "",
        buttons=tuple(tuple(_button(button) for button in row) for row in rows),
        reply_to=reply["message_id"] if reply else None,
        video=_video(message["video"], files) if "video" in message else None,
        reactions=entry.reactions,
        is_edited="edit_date" in message,
        is_silent=entry.silent,
        changed=entry.changed,
        wire=dict(message),
    )


def _button(button: Json) -> Button:
    return Button(
        label=button["text"], callback_data=button.get("callback_data"), url=button.get("url")
    )


def _video(video: Json, files: FileStore) -> ShownVideo:
    thumbnail = video.get("thumbnail")
    return ShownVideo(
        width=video["width"],
        height=video["height"],
        duration_s=video["duration"],
        size_bytes=video["file_size"],
        file_id=video["file_id"],
        thumbnail_size=(thumbnail["width"], thumbnail["height"]) if thumbnail else None,
        content=files.get(video["file_id"]).content,
    )
