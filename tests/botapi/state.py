"""Everything that the server knows: chats, files, updates, taps, commands, and what was wrong.

No HTTP and no method of the Bot API here; those read and change this.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.botapi.chats import Chat, Entry
from tests.botapi.files import FileStore
from tests.botapi.journal import EventKind, Journal, Pulse
from tests.botapi.schema import Json, SchemaViolation
from tests.botapi.updates import UpdateQueue
from tests.botapi.wire import ApiError, Ask, bad_request, forbidden

BOT_ID = 7_000_000_001

FIRST_USER_ID = 5_000_001


@dataclass(slots=True, kw_only=True)
class TapRecord:
    """One press of an inline button; its id can be answered once."""

    id: str
    who: str
    label: str
    chat_id: int
    answer: Json | None = None
    is_old: bool = False


@dataclass(slots=True)
class State:
    """The whole world of one bot."""

    bot: Json
    pulse: Pulse = field(default_factory=Pulse)
    journal: Journal = field(init=False)
    updates: UpdateQueue = field(init=False)
    files: FileStore = field(default_factory=FileStore)
    chats: dict[int, Chat] = field(default_factory=dict)
    taps: dict[str, TapRecord] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """(the scope as text, the language) -> the commands set there."""
    violations: list[str] = field(default_factory=list)
    _private_ids: Iterable[int] = field(default_factory=lambda: itertools.count(1))
    _user_ids: Iterable[int] = field(default_factory=lambda: itertools.count(FIRST_USER_ID))
    _small_group_ids: Iterable[int] = field(default_factory=lambda: itertools.count(4_000_001))
    _group_ids: Iterable[int] = field(default_factory=lambda: itertools.count(1_000_000_001))

    def __post_init__(self) -> None:
        self.journal = Journal(self.pulse)
        self.updates = UpdateQueue(self.pulse)

    def new_user(self, first_name: str, language_code: str | None, username: str | None) -> Json:
        """Make a user with an id of its own."""
        user: Json = {
            "id": next(iter(self._user_ids)),
            "is_bot": False,
            "first_name": first_name,
        }
        if language_code:
            user["language_code"] = language_code
        if username:
            user["username"] = username
        return user

    def private_chat(self, user: Json, *, is_started: bool) -> Chat:
        """Open the chat between a user and the bot."""
        named: Json = {k: v for k, v in user.items() if k in {"id", "first_name", "username"}}
        chat = Chat(
            id=user["id"],
            type="private",
            wire={**named, "type": "private"},
            message_ids=iter(self._private_ids),
            members={user["id"]: user},
            is_started=is_started,
        )
        self.chats[chat.id] = chat
        return chat

    def supergroup(self, title: str, members: Iterable[Json]) -> Chat:
        """Open a supergroup in which the bot is a plain member."""
        chat_id = -(1_000_000_000_000 + next(iter(self._group_ids)))
        chat = Chat(
            id=chat_id,
            type="supergroup",
            wire={"id": chat_id, "type": "supergroup", "title": title},
            message_ids=itertools.count(1),
            members={user["id"]: user for user in [*members, self.bot]},
        )
        self.chats[chat.id] = chat
        return chat

    def group(self, title: str, members: Iterable[Json]) -> Chat:
        """Open a small group, of the kind that may become a supergroup."""
        chat_id = -next(iter(self._small_group_ids))
        chat = Chat(
            id=chat_id,
            type="group",
            wire={"id": chat_id, "type": "group", "title": title},
            message_ids=iter(self._private_ids),
            members={user["id"]: user for user in [*members, self.bot]},
        )
        self.chats[chat.id] = chat
        return chat

    def chat_of(self, ask: Ask) -> Chat:
        """Find the chat that a request names, or raise the 400."""
        named = ask.text("chat_id")
        chat = self.chats.get(int(named)) if named.lstrip("-").isdigit() else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def writable_chat_of(self, ask: Ask) -> Chat:
        """Find the chat that a request writes to; raises 400, or 403 where the bot may not."""
        chat = self.chat_of(ask)
        if chat.moved_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": chat.moved_to},
            )
        if chat.blocks_bot:
            raise forbidden("bot was blocked by the user")
        if not chat.is_started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def new_tap(self, chat: Chat, who: str, label: str) -> TapRecord:
        """Make the id of a press."""
        record = TapRecord(id=str(secrets.randbits(62)), who=who, label=label, chat_id=chat.id)
        self.taps[record.id] = record
        return record

    def inject(self, kind: str, content: Json) -> Json | None:
        """Queue an update for the bot; a shape unknown to the schema fails here and at the end."""
        try:
            return self.updates.put(kind, content)
        except SchemaViolation as e:
            self.violations.append(str(e))
            raise

    def changed(
        self,
        chat: Chat,
        entry: Entry,
        kind: EventKind,
        who: str,
        *,
        before: Json | None = None,
        text: str = "",
    ) -> None:
        """Write down that a message changed."""
        entry.changed = self.journal.add(
            kind,
            who,
            chat_id=chat.id,
            message=dict(entry.message),
            before=before,
            text=text,
            silent=entry.silent,
        )
