"""Ids, and the closed sets that more than one kind of value speaks of.

Where the next one goes: an id, or an enum that two of these modules need.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

ArtifactKey = NewType("ArtifactKey", str)
"""Where bytes are stored: ``jobs/<job id>/<name>`` or ``drafts/<draft id>/<name>``."""
JobId = NewType("JobId", str)
"""``tg-<update id, 12 digits>`` from Telegram; sorts by age."""
Owner = NewType("Owner", str)
"""Who a job belongs to, as its door writes it: ``telegram:123``."""
VoiceId = NewType("VoiceId", str)
ConsentId = NewType("ConsentId", str)
"""A consent that counts today. Only ``safety.consent`` makes one."""


class EngineName(StrEnum):
    """An engine that moves lips."""

    WARP = "warp"
    LATENTSYNC = "latentsync"


class EngineChoice(StrEnum):
    """What a request may ask for."""

    AUTO = "auto"
    WARP = "warp"
    LATENTSYNC = "latentsync"


class Motion(StrEnum):
    """How much a still moves beside its lips: it blinks, sways, nods with the speech."""

    OFF = "off"
    SUBTLE = "subtle"
    LIVELY = "lively"


class SourceKind(StrEnum):
    """What shows the face that shall speak."""

    PHOTO = "photo"
    FOOTAGE = "footage"
    """A video, re-encoded."""


class Stage(StrEnum):
    """Where a render is; the door has a sentence for each."""

    WAITING = "waiting"
    SPEAKING = "speaking"
    HEARING = "hearing"
    """In place of speaking, where a recording is the speech."""
    LOOKING = "looking"
    SYNCING = "syncing"
    SENDING = "sending"
