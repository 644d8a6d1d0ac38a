"""What the parent asks of the speech child and what it answers: plain values, checked twice.

Their errors never show a value, because the values hold the script.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from pipeline.types import Timing

_UNSEEN = ConfigDict(hide_input_in_errors=True, extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequest:
    """Sentences to be spoken into a file."""

    __pydantic_config__: ClassVar[ConfigDict] = _UNSEEN

    sentences: tuple[str, ...]
    """Clean text, cut by ``text.sentences``."""
    into: Path
    table: str
    """espeak-ng's voice: hi, ta, …"""
    variant: str
    """espeak-ng's voice variant: f2, m3, …; empty for none."""
    words_per_minute: int
    pitch: int
    """0 to 99; 50 is the voice's own."""
    max_s: float
    """Longest speech; beyond it nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakAnswer:
    """What was spoken, in seconds from the file's first sample."""

    __pydantic_config__: ClassVar[ConfigDict] = _UNSEEN

    duration_s: float
    sample_rate_hz: int
    words: tuple[Timing, ...]
    phones: tuple[Timing, ...]


REQUEST = TypeAdapter(SpeakRequest)
ANSWER = TypeAdapter(SpeakAnswer)
