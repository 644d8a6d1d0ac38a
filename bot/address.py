"""Where an order is answered: what the bot writes into ``Job.reply_to`` and reads back.

The pipeline never looks inside. Also the names that the bot gives to people, jobs and drafts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter
from telegram import Message, ReplyParameters

from pipeline.types import ArtifactKey, JobId, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A message to answer, and the language to answer in."""

    chat_id: int
    thread_id: int | None = None
    message_id: int | None = None
    """None once Telegram said that it cannot be replied to."""
    words_id: int | None = None
    """The message with the words, where another one is answered: it may be edited."""
    language: str = "en"

    @property
    def is_private(self) -> bool:
        """Tell whether this is a chat with one person; groups have negative ids."""
        return self.chat_id > 0

    @property
    def reply_parameters(self) -> ReplyParameters | None:
        """Reply to the request; if it was deleted meanwhile, answer all the same."""
        if self.message_id is None:
            return None
        return ReplyParameters(self.message_id, allow_sending_without_reply=True)

    def bare(self) -> Address:
        """Give the same chat without what may have gone: the request, the topic."""
        return replace(self, thread_id=None, message_id=None)

    def asked_by(self, message_id: int | None) -> Address:
        """Give the same place, to answer another message there."""
        return replace(self, message_id=message_id)

    def moved_to(self, chat_id: int) -> Address:
        """Give the address after the chat got another id; message ids do not move along."""
        return replace(self, chat_id=chat_id, message_id=None)

    def pack(self) -> str:
        """Write the address as JSON."""
        return _adapter.dump_json(self).decode()


_adapter = TypeAdapter(Address)


def unpack_address(text: str) -> Address:
    """Read what ``pack`` wrote."""
    return _adapter.validate_json(text)


def address_of(message: Message, language: str) -> Address:
    """Give the address of somebody's message."""
    return Address(
        chat_id=message.chat_id,
        thread_id=message.message_thread_id if message.is_topic_message else None,
        message_id=message.message_id,
        language=language,
    )


def asker_id(message: Message) -> int:
    """Say who asks: a person, or the group or channel in whose name somebody writes."""
    if message.sender_chat is not None:
        return message.sender_chat.id
    assert message.from_user is not None
    return message.from_user.id


def owner_of(user_id: int) -> Owner:
    """Give the owner of what this person orders."""
    return Owner(f"telegram:{user_id}")


def user_id_of(owner: Owner) -> int | None:
    """Give the number of a person or chat back; None for owners of another door."""
    door, _, number = owner.partition(":")
    is_ours = door == "telegram" and number.lstrip("-").isdigit()
    return int(number) if is_ours else None


def order_id(update_id: int) -> JobId:
    """Give the id of the order that this update completes: the same update, the same order."""
    return JobId(f"tg-{update_id:012d}")


def order_number(job_id: JobId) -> int:
    """Give the number of the update that an order's id came from."""
    return int(job_id.removeprefix("tg-"))


def draft_key(address: Address, user_id: int) -> str:
    """Give the key of one person's draft in one chat and topic."""
    return f"{_name(address.chat_id)}:{address.thread_id or 0}:{_name(user_id)}"


def _name(number: int) -> str:
    """Write a chat's number so that it may begin the name of a folder: groups are below zero."""
    return f"g{-number}" if number < 0 else str(number)


def kept_for_draft(key: str, name: str) -> ArtifactKey:
    """Name what is stored for a draft: in its folder, which goes with all that is somebody's."""
    return ArtifactKey(f"drafts/{key.replace(':', '_')}/{name}")


def drafter(key: str) -> int | None:
    """Give the person to whom a draft's key belongs; None if it is no such key."""
    user_id = key.rpartition(":")[2]
    return int(user_id) if user_id.isascii() and user_id.isdigit() else None
