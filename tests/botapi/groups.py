"""Groups: their members, topics, anonymous admins, forwards, and the move to a supergroup.

A ``Person`` stands in one chat; here they stand in a group, in a manner: in a topic, or in the
name of the group or of a channel.
"""

from __future__ import annotations

import itertools
import time

from tests.botapi.chats import Chat
from tests.botapi.journal import EventKind
from tests.botapi.people import Person
from tests.botapi.schema import Json
from tests.botapi.shown import Shown, look
from tests.botapi.state import State

ANONYMOUS_ADMIN: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_BOT: Json = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
CHANNEL: Json = {"id": -1_009_000_000_001, "type": "channel", "title": "Pune Trains"}


class Group:
    """A group; its people act in it through ``member`` and its manners."""

    def __init__(self, state: State, chat: Chat) -> None:
        self.chat = chat
        self._state = state

    def member(self, person: Person) -> Person:
        """Give the same person, standing in this group."""
        if person.user["id"] not in self.chat.members:
            raise ValueError(f"{person.name} is no member of {self.chat.wire['title']}.")
        return Person(self._state, person.user, self.chat)

    def admin(self, person: Person) -> Person:
        """Give the same person, as an admin of this group."""
        self.chat.admins.add(person.user["id"])
        return self.member(person)

    def in_topic(self, person: Person, thread_id: int) -> Person:
        """Give the same person, writing in a topic of this group."""
        self.chat.wire["is_forum"] = True
        member = self.member(person)
        member.manner = {"message_thread_id": thread_id, "is_topic_message": True}
        return member

    def anonymous_admin(self) -> Person:
        """Give an admin who writes in the name of the group."""
        return self._faceless(ANONYMOUS_ADMIN, self.chat.wire)

    def as_channel(self) -> Person:
        """Give somebody who writes in the name of a channel."""
        return self._faceless(CHANNEL_BOT, CHANNEL)

    def forwards(self, person: Person, shown: Shown) -> Shown:
        """Let a member forward a message here whose sender hides who they are."""
        kept = ("photo", "voice", "document", "video", "caption", "text")
        part = {key: value for key, value in shown.wire.items() if key in kept}
        origin = {
            "type": "hidden_user",
            "sender_user_name": "Somebody",
            "date": shown.wire["date"],
        }
        part["forward_origin"] = origin
        entry = self.chat.add(person.user, part, from_bot=False)
        self._state.changed(self.chat, entry, EventKind.SENT, person.name)
        return look(entry, self._state.files)

    def forbids(self, *rights: str) -> None:
        """Let no member do this any more: ``can_send_messages``, ``can_send_videos``."""
        self.chat.forbids = set(rights)
        text = f"members here may not: {', '.join(rights) or 'all is allowed'}"
        self._state.journal.add(EventKind.NOTE, "test", chat_id=self.chat.id, text=text)

    def adds_bot(self, person: Person) -> None:
        """Tell the bot that somebody has added it here."""
        self._membership(person, "left", "member", self.chat.wire)

    def adds_bot_to_a_channel(self, person: Person) -> None:
        """Tell the bot that somebody has added it to a channel of theirs."""
        channel = self._state.supergroup("a channel", [person.user])
        channel.wire.update({"type": "channel", "title": CHANNEL["title"]})
        self._membership(person, "left", "member", channel.wire)

    def becomes_a_supergroup(self) -> Group:
        """Move to a new id, as Telegram does; both chats say so."""
        members = [user for user in self.chat.members.values() if user != self._state.bot]
        new = self._state.supergroup(str(self.chat.wire["title"]), members)
        new.admins = set(self.chat.admins)
        new.message_ids = itertools.count(1)
        self.chat.moved_to = new.id
        for chat, part in (
            (self.chat, {"migrate_to_chat_id": new.id}),
            (new, {"migrate_from_chat_id": self.chat.id}),
        ):
            entry = chat.add(ANONYMOUS_ADMIN, {**part, "sender_chat": chat.wire}, from_bot=False)
            self._state.inject("message", dict(entry.message))
        text = "the group becomes a supergroup"
        self._state.journal.add(EventKind.NOTE, "test", chat_id=new.id, text=text)
        return Group(self._state, new)

    def _faceless(self, user: Json, speaks_as: Json) -> Person:
        person = Person(self._state, user, self.chat)
        person.manner = {"sender_chat": speaks_as}
        return person

    def _membership(self, person: Person, old: str, new: str, wire: Json) -> None:
        self._state.journal.add(
            EventKind.NOTE, person.name, chat_id=int(wire["id"]), text=f"the bot is {new} now"
        )
        self._state.inject(
            "my_chat_member",
            {
                "chat": wire,
                "from": person.user,
                "date": int(time.time()),
                "old_chat_member": {"status": old, "user": self._state.bot},
                "new_chat_member": {"status": new, "user": self._state.bot},
            },
        )
