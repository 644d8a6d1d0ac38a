"""Writes a chat as a page that reads like a phone: Markdown, and pictures beside it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_never

import av
from PIL import Image

from tests.botapi import media
from tests.botapi.files import FileStore
from tests.botapi.formatting import as_markdown
from tests.botapi.journal import Event, EventKind
from tests.botapi.schema import Json
from tests.botapi.state import State

FRAMES_OF_A_VIDEO = 6
PICTURE_HEIGHT = 240
QUOTED_CHARS = 40


def write(state: State, folder: Path, title: str) -> Path:
    """Write everything that happened so far into ``folder``; blocking. Gives back the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "chat.md"
    page.write_text("\n".join(_Page(state, folder).lines(title)) + "\n", encoding="utf-8")
    return page


class _Page:
    """One page, and the pictures that it has drawn so far."""

    def __init__(self, state: State, folder: Path) -> None:
        self._state = state
        self._folder = folder
        self._bot = state.bot["first_name"]
        self._pictures: dict[str, str] = {}

    def lines(self, title: str) -> list[str]:
        """Write the page."""
        journal = self._state.journal
        started = datetime.fromtimestamp(journal.started_at, UTC)
        length_s = journal.events[-1].at_s if journal.events else 0
        lines = [f"# {title}", "", f"{started:%d %B %Y, %H:%M:%S} UTC · {length_s:.1f} s", ""]
        busy: tuple[int | None, str] | None = None
        for event in journal.events:
            if event.kind is EventKind.ACTION:
                if busy == (event.chat_id, event.text):
                    continue
                busy = (event.chat_id, event.text)
            elif event.who == self._bot:
                busy = None
            lines += [*self._event(event), ""]
        return lines

    def _event(self, event: Event) -> list[str]:
        match event.kind:
            case EventKind.SENT:
                head = "" if not event.silent else " *(silent)*"
                return [self._head(event, head), *_quoted(self._message(event.message or {}))]
            case EventKind.EDITED:
                return self._edit(event)
            case EventKind.DELETED:
                gone = _short(event.message or {})
                return [self._head(event, f" deletes {_number(event)}"), *_quoted([f"~~{gone}~~"])]
            case EventKind.REACTED:
                what = f" reacts {event.text}" if event.text else " takes the reaction back"
                return [self._head(event, f"{what} to {_number(event)} “{_short(event.message)}”")]
            case EventKind.TAPPED:
                return [self._head(event, f" taps `[{event.text}]`")]
            case EventKind.ANSWERED:
                toast = f" shows a toast: {event.text}" if event.text else " takes note of the tap"
                return [self._head(event, toast)]
            case EventKind.ACTION:
                return [self._head(event, f" *{event.text.replace('_', ' ')}…*")]
            case EventKind.NOTE:
                return [f"— *{event.at_s:.1f} s: {event.text}* —"]
            case _:
                assert_never(event.kind)

    def _head(self, event: Event, what: str) -> str:
        chat = self._state.chats.get(event.chat_id or 0)
        place = f" in {chat.wire['title']}" if chat and chat.type != "private" else ""
        others = sum(1 for c in self._state.chats.values() if c.type == "private") > 1
        if others and chat and chat.type == "private" and event.who == self._bot:
            place = f" to {chat.wire['first_name']}"
        number = f" · {_number(event)}" if event.kind is EventKind.SENT else ""
        return f"**{event.at_s:.1f} s · {event.who}{place}**{number}{what}"

    def _edit(self, event: Event) -> list[str]:
        old, new = self._message(event.before or {}), self._message(event.message or {})
        fresh = [line for line in new if line not in old] or ["(no buttons any more)"]
        gone = [f"~~{line}~~" for line in old if line not in new and line]
        return [self._head(event, f" edits {_number(event)}"), *_quoted([*gone, "→", *fresh])]

    def _message(self, message: Json) -> list[str]:
        """Write one message, as lines."""
        lines = []
        reply = message.get("reply_to_message")
        if reply:
            lines.append(f"↪ *{_short(reply)}*")
        lines += self._media(message)
        for text, entities in (("text", "entities"), ("caption", "caption_entities")):
            if text in message:
                words = as_markdown(message[text], message.get(entities, []))
                lines += words.splitlines()
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        lines += [" ".join(f"`[{button['text']}]`" for button in row) for row in rows]
        return lines

    def _media(self, message: Json) -> list[str]:
        files = self._state.files
        if "photo" in message:
            size = message["photo"][-1]
            what = f"🖼 photo {size['width']} × {size['height']}, {_size(size['file_size'])}"
            return [what, self._picture(files, size, is_moving=False)]
        if "video" in message or "animation" in message:
            kind = "video" if "video" in message else "animation"
            shown = message[kind]
            thumbnail = "with thumbnail" if "thumbnail" in shown else "no thumbnail"
            what = (
                f"🎬 {kind} {shown['width']} × {shown['height']}, {shown['duration']} s, "
                f"{_size(shown['file_size'])}, {thumbnail}"
            )
            return [what, self._picture(files, shown, is_moving=True)]
        if "voice" in message:
            return [f"🎙 voice note, {message['voice']['duration']} s"]
        if "audio" in message:
            return [f"🎵 sound, {message['audio']['duration']} s"]
        if "video_note" in message:
            note = message["video_note"]
            what = f"⭕ round video, {note['duration']} s"
            return [what, self._picture(files, note, is_moving=True)]
        if "document" in message:
            held = message["document"]
            return [f"📎 {held.get('file_name')}, {_size(held['file_size'])}"]
        if "sticker" in message:
            return ["(a sticker)", self._picture(files, message["sticker"], is_moving=False)]
        return ["(a contact)"] if "contact" in message else []

    def _picture(self, files: FileStore, shown: Json, *, is_moving: bool) -> str:
        """Draw the picture of a file once, and link it."""
        unique = shown["file_unique_id"]
        if unique not in self._pictures:
            name = f"{len(self._pictures) + 1:02d}.png"
            held = files.get(shown["file_id"]).content
            try:
                (_strip(held) if is_moving else _still(held)).save(self._folder / name)
            except (OSError, av.FFmpegError) as e:
                return f"(no picture: {e})"
            self._pictures[unique] = name
        return f"![]({self._pictures[unique]})"


def _quoted(lines: list[str]) -> list[str]:
    """Put lines into a bubble, each on a line of its own."""
    return [f"> {line}  " for line in lines]


def _still(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as picture:
        return _scaled(picture.convert("RGB"))


def _strip(content: bytes) -> Image.Image:
    """Lay a few frames of a video side by side."""
    frames = [_scaled(frame) for frame in media.frames(content, FRAMES_OF_A_VIDEO)]
    strip = Image.new("RGB", (sum(f.width + 4 for f in frames) - 4, PICTURE_HEIGHT), "white")
    x = 0
    for frame in frames:
        strip.paste(frame, (x, 0))
        x += frame.width + 4
    return strip


def _scaled(picture: Image.Image) -> Image.Image:
    width = max(1, round(picture.width * PICTURE_HEIGHT / picture.height))
    return picture.resize((width, PICTURE_HEIGHT))


def _short(message: Json | None) -> str:
    """Say in a few words which message is meant."""
    message = message or {}
    kinds = ("photo", "video", "animation", "voice", "audio", "document", "sticker", "contact")
    kind = next((f"{kind} " for kind in kinds if kind in message), "")
    words = " ".join(str(message.get("text") or message.get("caption") or "").split())
    cut = words if len(words) <= QUOTED_CHARS else words[: QUOTED_CHARS - 1] + "…"
    return f"{kind}{cut}".strip()


def _number(event: Event) -> str:
    return f"#{event.message['message_id']}" if event.message else ""


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1_000_000 else f"{size_bytes // 1000} kB"
