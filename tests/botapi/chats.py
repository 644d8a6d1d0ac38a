"""Chats, their members and their messages, as the server keeps them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tests.botapi.schema import Json
from tests.botapi.wire import bad_request

ChatType = Literal["private", "group", "supergroup"]


@dataclass(slots=True, kw_only=True)
class Entry:
    """One message: as on the wire, and what the wire does not say."""

    message: Json
    from_bot: bool
    silent: bool = False
    is_deleted: bool = False
    reactions: tuple[str, ...] = ()
    changed: int = 0
    """The number of the last event that touched it."""

    @property
    def id(self) -> int:
        """Its number in the chat."""
        return int(self.message["message_id"])


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat: who is in it, and what was said."""

    id: int
    type: ChatType
    wire: Json
    message_ids: Iterator[int]
    members: dict[int, Json] = field(default_factory=dict)
    """A user's id -> the user."""
    admins: set[int] = field(default_factory=set)
    entries: dict[int, Entry] = field(default_factory=dict)
    is_started: bool = True
    blocks_bot: bool = False
    allows_reactions: bool = True
    forbids: set[str] = field(default_factory=set)
    """What its members may not do: ``can_send_messages``, ``can_send_videos``."""
    behind_s: int = 0
    """How long what its people write has been under way."""
    moved_to: int | None = None
    """The supergroup that this group has become."""

    def refuse(self, content: Json) -> None:
        """Raise the 400 for a message of the bot that members may not send here."""
        if "can_send_messages" in self.forbids:
            raise bad_request("not enough rights to send text messages to the chat")
        if "can_send_videos" in self.forbids and "video" in content:
            raise bad_request("not enough rights to send videos to the chat")

    def visible(self, message_id: int) -> Entry | None:
        """Find a message that is still there."""
        entry = self.entries.get(message_id)
        return None if entry is None or entry.is_deleted else entry

    def editable(self, message_id: int) -> Entry:
        """Find a message that the bot may edit, or raise the 400."""
        entry = self.visible(message_id)
        if entry is None:
            raise bad_request("message to edit not found")
        if not entry.from_bot:
            raise bad_request("message can't be edited")
        return entry

    def add(self, sender: Json, content: Json, *, from_bot: bool, silent: bool = False) -> Entry:
        """Number and date a message, and keep it."""
        message = {
            "message_id": next(self.message_ids),
            "from": sender,
            "chat": self.wire,
            "date": int(time.time()) - (0 if from_bot else self.behind_s),
            **content,
        }
        entry = Entry(message=message, from_bot=from_bot, silent=silent)
        self.entries[entry.id] = entry
        return entry
