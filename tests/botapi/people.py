"""People: they send, tap, edit, delete and block; what they see stands in ``seeing.py``.

A ``Person`` stands in one chat. What they do becomes an update for the bot, checked against the
schema.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from tests.botapi import content
from tests.botapi.chats import Chat, Entry
from tests.botapi.journal import EventKind
from tests.botapi.limits import TEXT_CHARS
from tests.botapi.parts import animation_part, caption_part, sticker_part, text_part, video_part
from tests.botapi.schema import Json
from tests.botapi.seeing import PATIENCE_S, Viewer
from tests.botapi.shown import Shown, look
from tests.botapi.state import State, TapRecord


class Tap:
    """A press of an inline button, and its answer."""

    def __init__(self, state: State, record: TapRecord) -> None:
        self._state = state
        self._record = record

    async def answered(self, within_s: float = PATIENCE_S) -> str:
        """Wait for the bot's answer and give back the toast; empty when it only took note."""
        answer = await self._state.pulse.until(lambda: self._record.answer, within_s)
        return str(answer["text"])

    def grows_old(self) -> None:
        """Let Telegram forget the press: the bot's answer will come too late."""
        self._record.is_old = True


class Person(Viewer):
    """Somebody in one chat with the bot."""

    def __init__(self, state: State, user: Json, chat: Chat) -> None:
        super().__init__(state, chat, str(user["first_name"]))
        self.user = user
        self.manner: Json = {}
        """What their messages carry besides: a topic, the name of a chat."""

    async def sends_text(self, text: str, *, reply_to: Shown | None = None) -> Shown:
        """Send a text; a long one goes as several messages, and the last is given back."""
        parts = [text[i : i + TEXT_CHARS] for i in range(0, len(text), TEXT_CHARS)] or [""]
        shown = [self._say(text_part(part), reply_to) for part in parts]
        return shown[-1]

    async def sends_photo(
        self, path: Path, caption: str | None = None, *, reply_to: Shown | None = None
    ) -> Shown:
        """Send a picture as a photo: the client turns it upright, shrinks it and makes it JPEG."""
        picture = await asyncio.to_thread(path.read_bytes)
        part = await asyncio.to_thread(content.photo, self._state.files, picture)
        return self._say({**part, **caption_part(caption)}, reply_to)

    async def sends_on(self, photo: Shown) -> Shown:
        """Send a photo on that somebody sent: it is at Telegram already."""
        return self._say({"photo": photo.wire["photo"]}, None)

    async def sends_album(self, paths: Sequence[Path], caption: str | None = None) -> list[Shown]:
        """Send photos together: one message each, the caption on the first only."""
        group = str(secrets.randbits(53))
        shown = []
        for index, path in enumerate(paths):
            picture = await asyncio.to_thread(path.read_bytes)
            part = await asyncio.to_thread(content.photo, self._state.files, picture)
            captioned = caption_part(caption if index == 0 else None)
            shown.append(self._say({**part, **captioned, "media_group_id": group}, None))
        return shown

    async def sends_voice(
        self, path: Path, duration: int, *, reply_to: Shown | None = None
    ) -> Shown:
        """Send a recorded note of so many seconds."""
        sound = await asyncio.to_thread(path.read_bytes)
        return self._say(content.voice(self._state.files, sound, duration), reply_to)

    async def sends_audio(self, path: Path, duration: int) -> Shown:
        """Send an audio file of so many seconds."""
        sound = await asyncio.to_thread(path.read_bytes)
        shown = {"duration": duration}
        return self._say(content.audio(self._state.files, sound, shown, path.name), None)

    async def sends_video_note(self, path: Path, duration: int) -> Shown:
        """Send a round video."""
        film = await asyncio.to_thread(path.read_bytes)
        shown = {"length": 240, "duration": duration}
        return self._say(content.video_note(self._state.files, film, shown), None)

    async def sends_document(
        self, path: Path, mime_type: str, caption: str | None = None
    ) -> Shown:
        """Send a file as it is, under whatever type the client claims."""
        held = await asyncio.to_thread(path.read_bytes)
        part = content.document(self._state.files, held, path.name, mime_type, {})
        return self._say({**part, **caption_part(caption)}, None)

    async def sends_animation(self, path: Path) -> Shown:
        """Send a GIF or a silent MP4."""
        part = await asyncio.to_thread(animation_part, self._state.files, path)
        return self._say(part, None)

    async def sends_video(self, path: Path, caption: str | None = None) -> Shown:
        """Send an MP4 with sound."""
        part = await asyncio.to_thread(video_part, self._state.files, path)
        return self._say({**part, **caption_part(caption)}, None)

    async def sends_contact(self) -> Shown:
        """Share an address-book entry."""
        contact = {"phone_number": "+910000000000", "first_name": "Ravi"}
        return self._say({"contact": contact}, None)

    async def sends_sticker(self) -> Shown:
        """Send a static sticker."""
        return self._say(await asyncio.to_thread(sticker_part, self._state.files), None)

    async def taps(self, label: str, on: Shown | None = None) -> Tap:
        """Press an inline button, by its label or a regular expression.

        ``on`` is the message as this person saw it: its button is pressed even if the bot has
        changed it since. Without it, the newest message with such a button is taken.
        """
        seen = [on] if on else [shown for shown in self.messages() if shown.from_bot][::-1]
        found = next(((s, b) for s in seen if (b := s.button(label))), None)
        if found is None:
            raise AssertionError(f"No button {label!r} here.\n{self.screen()}")
        shown, button = found
        if button.callback_data is None:
            raise AssertionError(f"[{button.label}] opens a link; the bot hears nothing of it.")
        record = self._state.new_tap(self.chat, self.name, button.label)
        self._state.journal.add(
            EventKind.TAPPED, self.name, chat_id=self.chat.id, text=button.label
        )
        self._state.inject(
            "callback_query",
            {
                "id": record.id,
                "from": self.user,
                "message": self.chat.entries[shown.message_id].message,
                "chat_instance": str(abs(self.chat.id)),
                "data": button.callback_data,
            },
        )
        return Tap(self._state, record)

    async def edits(self, message: Shown, text: str) -> Shown:
        """Change the text, or the caption, of a message of theirs."""
        entry = self.chat.entries[message.message_id]
        before = dict(entry.message)
        is_text = "text" in before
        for field in ("text", "entities", "caption", "caption_entities"):
            entry.message.pop(field, None)
        entry.message.update(text_part(text) if is_text else caption_part(text))
        entry.message["edit_date"] = int(time.time())
        self._state.changed(self.chat, entry, EventKind.EDITED, self.name, before=before)
        self._state.inject("edited_message", dict(entry.message))
        return look(entry, self._state.files)

    async def deletes(self, message: Shown) -> None:
        """Delete a message; the bot is not told."""
        entry = self.chat.entries[message.message_id]
        entry.is_deleted = True
        self._state.changed(self.chat, entry, EventKind.DELETED, self.name)

    async def blocks_bot(self) -> None:
        """Block the bot in the private chat: it is told, and may not write any more."""
        self._membership("member", "kicked")

    async def unblocks_bot(self) -> None:
        """Allow the bot to write again."""
        self._membership("kicked", "member")

    def _say(self, part: Json, reply_to: Shown | None) -> Shown:
        target = self.chat.visible(reply_to.message_id) if reply_to else None
        if target is not None:
            quoted = {k: v for k, v in target.message.items() if k != "reply_to_message"}
            part = {**part, "reply_to_message": quoted}
        entry = self.chat.add(self.user, {**part, **self.manner}, from_bot=False)
        self.chat.is_started = True
        self._state.changed(self.chat, entry, EventKind.SENT, self.name)
        if self._is_for_bot(entry):
            self._state.inject("message", dict(entry.message))
        return look(entry, self._state.files)

    def _is_for_bot(self, entry: Entry) -> bool:
        """Apply privacy mode: in groups the bot hears commands, mentions and replies to it."""
        if self.chat.type == "private":
            return True
        words = str(entry.message.get("text") or entry.message.get("caption") or "")
        reply = entry.message.get("reply_to_message", {})
        is_reply = reply.get("from", {}).get("id") == self._state.bot["id"]
        return words.startswith("/") or f"@{self._state.bot['username']}" in words or is_reply

    def _membership(self, old: str, new: str) -> None:
        self.chat.blocks_bot = new == "kicked"
        text = "blocked the bot" if self.chat.blocks_bot else "unblocked the bot"
        self._state.journal.add(
            EventKind.NOTE, self.name, chat_id=self.chat.id, text=f"{self.name} {text}"
        )
        self._state.inject(
            "my_chat_member",
            {
                "chat": self.chat.wire,
                "from": self.user,
                "date": int(time.time()),
                "old_chat_member": self._bot_as(old),
                "new_chat_member": self._bot_as(new),
            },
        )

    def _bot_as(self, status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": self._state.bot, **until}
