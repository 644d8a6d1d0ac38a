"""What can be set in a chat: each setting, its choices, and what holds when nobody chose.

A table; how it looks as a message stands in ``bot/handlers/settings.py``. The voice has a menu of
its own (/voice).

Where the next one goes: a line in ``MENU``, its field in ``Preferences``, its words in the texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.settings import Settings
from pipeline.store.preferences import Preferences
from pipeline.types import Motion, Quality, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a setting, and the key of its word."""

    value: Any
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A field of ``Preferences`` that people set by buttons."""

    field: str
    word: str
    choices: tuple[Choice, ...]
    default: Callable[[Settings], Any]
    """What holds for whoever never chose."""

    def chosen(self, preferences: Preferences, settings: Settings) -> Choice | None:
        """Give the choice that holds now; None for a value that has no button."""
        value = getattr(preferences, self.field)
        holds = self.default(settings) if value is None else value
        return next((choice for choice in self.choices if choice.value == holds), None)


YES_OR_NO = (Choice(value=True, word="option.on"), Choice(value=False, word="option.off"))

MENU = (
    Setting(
        field="rate_pct",
        word="setting.speed",
        choices=(
            Choice(value=-20, word="option.slower"),
            Choice(value=0, word="option.normal"),
            Choice(value=20, word="option.faster"),
            Choice(value=40, word="option.fastest"),
        ),
        default=lambda settings: 0,
    ),
    Setting(
        field="pitch_hz",
        word="setting.pitch",
        choices=(
            Choice(value=-20, word="option.lower"),
            Choice(value=0, word="option.normal"),
            Choice(value=20, word="option.higher"),
        ),
        default=lambda settings: 0,
    ),
    Setting(
        field="quality",
        word="setting.quality",
        choices=(
            Choice(value=Quality.FAST, word="option.quick"),
            Choice(value=Quality.NORMAL, word="option.normal"),
            Choice(value=Quality.BEST, word="option.best"),
        ),
        default=lambda settings: Quality.NORMAL,
    ),
    Setting(
        field="motion",
        word="setting.motion",
        choices=(
            Choice(value=Motion.OFF, word="option.still"),
            Choice(value=Motion.SUBTLE, word="option.subtle"),
            Choice(value=Motion.LIVELY, word="option.lively"),
        ),
        default=lambda settings: settings.lipsync.motion,
    ),
    Setting(
        field="captions",
        word="setting.captions",
        choices=YES_OR_NO,
        default=lambda settings: False,
    ),
    Setting(
        field="shape",
        word="setting.shape",
        choices=(
            Choice(value=Shape.ORIGINAL, word="option.original"),
            Choice(value=Shape.SQUARE, word="option.square"),
            Choice(value=Shape.TALL, word="option.tall"),
            Choice(value=Shape.ROUND, word="option.round"),
        ),
        default=lambda settings: Shape.ORIGINAL,
    ),
    Setting(
        field="confirm",
        word="setting.confirm",
        choices=YES_OR_NO,
        default=lambda settings: False,
    ),
    Setting(
        field="language",
        word="setting.language",
        choices=(
            Choice(value=None, word="option.automatic"),
            Choice(value="en", word="option.english"),
            Choice(value="hi", word="option.hindi"),
        ),
        default=lambda settings: None,
    ),
)


def setting_named(field: str) -> Setting | None:
    """Find a setting by its field."""
    return next((setting for setting in MENU if setting.field == field), None)
