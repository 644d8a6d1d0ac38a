"""A command as somebody wrote it: in a message or under a photo, to this bot or to another.

What commands there are stands in ``bot/commands.py``. A forwarded message commands nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message, MessageEntity
from telegram.ext import filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command and the words behind it."""

    name: str
    words: str


def command_in(message: Message) -> Command | None:
    """Read the command that a message, or the caption of one, begins with.

    None where there is none, and for one that is addressed to another bot (``/say@other_bot``).
    """
    text = message.text if message.text is not None else message.caption
    entities = message.entities if message.text is not None else message.caption_entities
    if not text or message.forward_origin is not None:
        return None
    first = next((e for e in entities if e.type == MessageEntity.BOT_COMMAND), None)
    if first is None or first.offset != 0:
        return None
    # A command is ASCII, so Telegram's UTF-16 units are characters here.
    name, _, bot_name = text[1 : first.length].partition("@")
    if bot_name and bot_name.lower() != message.get_bot().username.lower():
        return None
    return Command(name=name.lower(), words=text[first.length :].strip())


class Said(filters.MessageFilter):
    """Lets messages through that begin with one of these commands, captions included."""

    def __init__(self, *names: str) -> None:
        super().__init__(name=f"Said{names}")
        self._names = frozenset(names)

    def filter(self, message: Message) -> bool:
        """Look at one message."""
        command = command_in(message)
        return command is not None and command.name in self._names
