"""What a look at one part of the machine found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How one thing is."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; renders work."""
    MISSING = "missing"
    """No render is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    health: Health
    detail: str
    advice: str = ""
    """What to do; empty when all is well."""
