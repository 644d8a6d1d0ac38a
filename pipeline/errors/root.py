"""The root of the tree, and the one error that belongs to no part."""

from __future__ import annotations

from typing import ClassVar, Final

BUG: Final = 70
"""The exit status for what is none of these errors."""


class BoltiError(Exception):
    """Say what went wrong and what to do about it."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1

    def values(self) -> dict[str, str | int | float]:
        """Give the numbers and short words that the user's sentence is filled with."""
        return {}


class SettingsInvalid(BoltiError):
    """The settings cannot be used; the text lists every mistake at once."""

    code = "settings_invalid"
    exit_code = 2
