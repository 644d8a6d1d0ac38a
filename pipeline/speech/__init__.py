"""SCRIPT -> SPEECH: the port ``Synthesizer``.

Knows words and sound; knows no picture, no job, no Telegram. A new provider is a module here, its
name in ``SpeechSettings.chain`` and one ``case`` in ``create``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pipeline.types import Speech, Utterance, Voice


class Synthesizer(Protocol):
    """A source of speech."""

    async def voices(self) -> Sequence[Voice]:
        """List the voices that can be asked for now."""
        ...

    async def synthesize(self, utterance: Utterance, into: Path) -> Speech:
        """Speak the text into a mono 16-bit WAV at ``into``.

        Raises ``ScriptEmpty``, ``VoiceUnknown``, ``SpeechUnavailable``.
        """
        ...

    async def close(self) -> None:
        """Let go of processes and connections. Safe to repeat."""
        ...
