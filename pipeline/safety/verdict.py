"""What an examination of a video tells; light, so that doors and pipes can carry it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.settings import FootageSettings
from pipeline.types import EngineName, JobId


class Verdict(StrEnum):
    """Whose a video is; the doors have a sentence for each."""

    INTACT = "intact"
    """Signed by us, and as it was signed."""
    ALTERED = "altered"
    """Our signature or our mark is in it, but it is not what we gave out."""
    UNKNOWN = "unknown"
    """Neither: it may be anybody's, ours too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found. It names no person: whoever may know looks the job up."""

    verdict: Verdict
    made_on: date | None = None
    """UTC; None where nothing says it."""
    engine: EngineName | None = None
    job_id: JobId | None = None
    mark_tag: int | None = None
    """Twelve bits of the job, where only the invisible mark was left."""
    signed_by_other: bool = False
    """Somebody else's C2PA manifest is in it."""
    mark_score: float | None = None
    """How clearly our mark stands out; None where nobody had to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOrder:
    """One video to examine; crosses the pipe as JSON."""

    video: Path
    roots_pem: str
    names: tuple[tuple[str, str], ...]
    mark_key: str
    """In hexadecimal."""
    limits: FootageSettings


ORDERS = TypeAdapter(VerifyOrder)
FINDINGS = TypeAdapter(Finding)
