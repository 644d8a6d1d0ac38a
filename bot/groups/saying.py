"""What somebody asks for by ``/say``: which picture, which words, whose they are.

Reads messages; sends nothing. The picture is the message's own (the command is its caption) or
that of the message replied to, and a video is a picture too; so is the voice note. Written as
JSON it waits in a question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import TypeAdapter
from telegram import Message, MessageOriginUser

from bot.address import asker_id
from bot.commanding import command_in
from bot.drafting.filming import SentFilm, film_in
from bot.drafting.portraying import SentPicture, still_in
from bot.drafting.sounds import Sound, sound_of


class Whose(StrEnum):
    """Who sent what shall be used."""

    OWN = "own"
    MEMBERS = "members"
    """Another member, who can be asked."""
    NOBODY_KNOWS = "nobody knows"
    """Forwarded, or sent by a bot or in the name of a group or channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A video as somebody asks for it in a group."""

    words: str | None = None
    face: SentPicture | SentFilm | None = None
    number: int | None = None
    """Which of several faces speaks, once somebody has said so."""
    voice: Sound | None = None
    whose: Whose = Whose.OWN
    owner_id: int | None = None
    """The member who sent what is somebody else's."""
    owner_name: str = ""
    owner_language: str | None = None
    asker_name: str = ""

    def with_answer(self, words: str | None, voice: Sound | None) -> Asked:
        """Give the same with what its face shall say."""
        return replace(self, words=words, voice=voice)

    def pack(self) -> str:
        """Write it as JSON."""
        return _adapter.dump_json(self).decode()


_adapter = TypeAdapter(Asked)


def unpack_asked(text: str) -> Asked:
    """Read what ``pack`` wrote."""
    return _adapter.validate_json(text)


def asked_in(message: Message) -> Asked:
    """Read a ``/say``: the words behind it, the picture and the voice note it is about."""
    command = command_in(message)
    words = command.words or None if command is not None else None
    own, reply = _face_in(message), message.reply_to_message
    replied_face = _face_in(reply) if reply is not None and own is None else None
    replied_voice = sound_of(reply) if reply is not None and replied_face is None else None
    asked = Asked(words=words, face=own or replied_face, voice=None if words else replied_voice)
    if reply is None or not (replied_face or asked.voice):
        return asked
    whose = _whose(reply, message)
    owner = reply.from_user if whose is Whose.MEMBERS else None
    if owner is None:
        return replace(asked, whose=whose)
    return replace(
        asked,
        whose=whose,
        owner_id=owner.id,
        owner_name=owner.first_name,
        owner_language=owner.language_code,
        asker_name=_name(message),
    )


def _face_in(message: Message) -> SentPicture | SentFilm | None:
    return still_in(message) or film_in(message)


def _whose(reply: Message, message: Message) -> Whose:
    sender = reply.from_user
    if reply.sender_chat is not None or sender is None or sender.is_bot:
        return Whose.NOBODY_KNOWS
    origin = reply.forward_origin
    if origin is not None:
        came_from = origin.sender_user.id if isinstance(origin, MessageOriginUser) else None
        return Whose.OWN if came_from == asker_id(message) else Whose.NOBODY_KNOWS
    return Whose.OWN if sender.id == asker_id(message) else Whose.MEMBERS


def _name(message: Message) -> str:
    if message.sender_chat is not None:
        return message.sender_chat.title or ""
    return message.from_user.first_name if message.from_user is not None else ""
