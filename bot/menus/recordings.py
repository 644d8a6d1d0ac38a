"""The buttons under what the bot says about a recording.

A button carries a choice and the message of the recording that it is about; whose draft that is
in, the tapper's own id tells. What each does stands in ``bot/handlers/recordings.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.menus.keyboards import Action, Tap, draft_keyboard
from bot.texts import Texts
from pipeline.store.drafts import Draft


class Choice(StrEnum):
    """What somebody may want of a recording."""

    OWN = "own"
    """Use it as it is."""
    VOICE = "voice"
    """Write down its words, so that a voice can say them."""
    SPEAK = "speak"
    """Say the words that were written down."""
    WORDS = "words"
    """Take the words that were sent before it."""
    FIRST = "first"
    """Take its beginning."""
    CLEAN = "clean"
    """Take noise out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A choice, and the message id of the recording."""

    choice: Choice
    message: str

    def pack(self) -> str:
        """Write the wish as callback_data."""
        return Tap(action=Action.RECORDING, target=f"{self.choice}:{self.message}").pack()


def unpack(target: str) -> Wish | None:
    """Read the target of a tap; None when no button of today wrote it."""
    choice, _, message = target.partition(":")
    is_known = choice in Choice.__members__.values() and message.isdigit()
    return Wish(choice=Choice(choice), message=message) if is_known else None


def kept_keyboard(
    texts: Texts, language: str, draft: Draft, *, cleaned: bool = False
) -> InlineKeyboardMarkup:
    """Offer what can be done with a recording that waits for its photo."""
    clean = _button(texts.plain(language, "button.clean"), Choice.CLEAN, draft)
    words = _words(texts, language, draft)
    return _rows(texts, language, draft, words if cleaned else [clean, *words])


def whose_keyboard(texts: Texts, language: str, draft: Draft, voice: str) -> InlineKeyboardMarkup:
    """Ask whose voice shall speak: the sender's own, or one of ours."""
    buttons = [
        _button(texts.plain(language, "button.my_voice"), Choice.OWN, draft),
        _button(texts.plain(language, "button.our_voice", voice=voice), Choice.VOICE, draft),
        *_words(texts, language, draft),
    ]
    return _rows(texts, language, draft, buttons)


def heard_keyboard(texts: Texts, language: str, draft: Draft) -> InlineKeyboardMarkup:
    """Ask whether what was heard may be said."""
    buttons = [
        _button(texts.plain(language, "button.say_it"), Choice.SPEAK, draft),
        _button(texts.plain(language, "button.my_voice"), Choice.OWN, draft),
    ]
    return _rows(texts, language, draft, buttons)


def first_keyboard(
    texts: Texts, language: str, message_id: int, limit_s: float
) -> InlineKeyboardMarkup:
    """Offer to take the beginning of a recording that is too long."""
    label = texts.plain(language, "button.first_seconds", limit_s=limit_s)
    wish = Wish(choice=Choice.FIRST, message=str(message_id))
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=wish.pack())]])


def _words(texts: Texts, language: str, draft: Draft) -> list[InlineKeyboardButton]:
    if draft.script is None:
        return []
    return [_button(texts.plain(language, "button.my_words"), Choice.WORDS, draft)]


def _button(label: str, choice: Choice, draft: Draft) -> InlineKeyboardButton:
    wish = Wish(choice=choice, message=draft.recording_message or "")
    return InlineKeyboardButton(label, callback_data=wish.pack())


def _rows(
    texts: Texts, language: str, draft: Draft, buttons: list[InlineKeyboardButton]
) -> InlineKeyboardMarkup:
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    cancel = draft_keyboard(texts, language, draft.key).inline_keyboard
    return InlineKeyboardMarkup([*rows, *cancel])
