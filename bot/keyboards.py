"""Inline keyboards, and what their buttons carry.

A button carries an action and an id, never data: at most 64 bytes. Who may press it is decided by
the handler, from the job or the draft that the id names. A new button is an ``Action``, a function
here and its handler, registered through ``bot/taps.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot.texts import Texts, short_id
from pipeline.types import JobId

COLUMNS = 2


class Action(StrEnum):
    """What a button does."""

    CANCEL_JOB = "cancel"
    CANCEL_DRAFT = "drop"
    SEND_AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """An action and the id of the job or draft that it is about."""

    action: Action
    target: str

    def pack(self) -> str:
        """Write the tap as callback_data. Raises ``ValueError`` beyond Telegram's 64 bytes."""
        packed = f"{self.action}:{self.target}"
        if len(packed.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
            raise ValueError(f"callback_data of {len(packed.encode())} bytes; 64 is the limit")
        return packed


def unpack(data: str | None) -> Tap | None:
    """Read callback_data; None when no button of today wrote it."""
    action, _, target = (data or "").partition(":")
    is_known = action in Action.__members__.values() and target
    return Tap(action=Action(action), target=target) if is_known else None


def draft_keyboard(texts: Texts, language: str, draft_key: str) -> InlineKeyboardMarkup:
    """Offer to drop what was sent so far."""
    label = texts.plain(language, "button.cancel")
    return _rows([_button(label, Action.CANCEL_DRAFT, draft_key)])


def job_keyboard(texts: Texts, language: str, job_id: JobId) -> InlineKeyboardMarkup:
    """Offer to cancel the job."""
    return _rows([_button(texts.plain(language, "button.cancel"), Action.CANCEL_JOB, job_id)])


def jobs_keyboard(texts: Texts, language: str, ids: Iterable[JobId]) -> InlineKeyboardMarkup:
    """Offer to cancel one of several jobs."""
    return _rows(
        _button(
            texts.plain(language, "button.cancel_one", id=short_id(job_id)),
            Action.CANCEL_JOB,
            job_id,
        )
        for job_id in ids
    )


def again_keyboard(texts: Texts, language: str, job_id: JobId) -> InlineKeyboardMarkup:
    """Offer to send a video again whose delivery is not known."""
    return _rows([_button(texts.plain(language, "button.again"), Action.SEND_AGAIN, job_id)])


def _button(label: str, action: Action, target: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=Tap(action=action, target=target).pack())


def _rows(buttons: Iterable[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    row = list(buttons)
    return InlineKeyboardMarkup([row[i : i + COLUMNS] for i in range(0, len(row), COLUMNS)])
