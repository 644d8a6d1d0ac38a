"""The buttons under what is asked in a group: an agreement, a permission, which face.

Who may press one is decided by the handler (``bot/handlers/permission.py``), from the question
that the button names.
"""

from __future__ import annotations

from collections.abc import Iterable

from telegram import InlineKeyboardMarkup

from bot.menus.keyboards import Action, button, numbered, rows
from bot.texts import Texts
from pipeline.types import JobId


def agree_here_keyboard(
    texts: Texts, language: str, version: str, question: JobId
) -> InlineKeyboardMarkup:
    """Offer to agree in a group, or to leave it; ``version`` begins the wording's."""
    target = f"{version}.{question}"
    return rows(
        [
            button(texts.plain(language, "button.agree"), Action.AGREE_HERE, target),
            button(texts.plain(language, "button.cancel"), Action.REFUSE, question),
        ]
    )


def permission_keyboard(texts: Texts, language: str, question: JobId) -> InlineKeyboardMarkup:
    """Let a member say whether their photo may speak."""
    return rows(
        [
            button(texts.plain(language, "button.allow_once"), Action.ALLOW_ONCE, question),
            button(texts.plain(language, "button.allow_always"), Action.ALLOW_ALWAYS, question),
            button(texts.plain(language, "button.refuse"), Action.REFUSE, question),
        ]
    )


def attest_keyboard(texts: Texts, language: str, question: JobId) -> InlineKeyboardMarkup:
    """Let somebody say that they have the permission of whom the photo shows."""
    return rows(
        [
            button(texts.plain(language, "button.attest"), Action.ATTEST, question),
            button(texts.plain(language, "button.refuse"), Action.REFUSE, question),
        ]
    )


def faces_here_keyboard(
    texts: Texts, language: str, question: JobId, choices: Iterable[int]
) -> InlineKeyboardMarkup:
    """Offer the faces of a picture in a group by their numbers."""
    return numbered(
        [button(str(number), Action.FACE_HERE, f"{number}.{question}") for number in choices],
        button(texts.plain(language, "button.cancel"), Action.REFUSE, question),
    )


def take_back_keyboard(texts: Texts, language: str, pair: str) -> InlineKeyboardMarkup:
    """Let somebody take an "always" back; ``pair`` is ``<who asks>:<whose photos>``."""
    return rows([button(texts.plain(language, "button.take_back"), Action.TAKE_BACK, pair)])
