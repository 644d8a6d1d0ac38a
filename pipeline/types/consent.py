"""Who agreed to what, as it is kept. A row alone permits nothing: ``safety.consent`` judges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.types.names import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Somebody agreed to a wording."""

    id: str
    owner: Owner
    wording: str
    """The version of the wording: a digest of the text that was shown."""
    language: str
    """The language that the text was shown in."""
    agreed_at: datetime
    withdrawn_at: datetime | None = None


class Permission(StrEnum):
    """What the person in a photo says to somebody who wants to make it speak."""

    ONCE = "once"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """The answer of the person in a photo."""

    id: str
    subject: Owner
    """Who is in the photo."""
    requester: Owner
    answer: Permission
    about: str
    """What it was about, opaque here: an order, or the message with the photo."""
    answered_at: datetime
