"""SCRIPT -> SPEECH: the port ``Synthesizer`` and the choice of who implements it.

Knows words and sound; knows no picture, no job, no Telegram. A new provider is a module here, its
name in ``SpeechSettings.chain`` and one ``case`` in ``create``. The map of the package:

- ``text`` checks a script by ``cleaning``, ``amounts`` and ``estimate``; ``letters`` knows scripts
- ``voices`` reads ``config/voices.toml``
- ``embedded`` is espeak-ng seen from the parent; it asks the child (``__main__``) by ``request``
- in the child: ``speaking`` asks ``phrase`` (``accent``, ``lexicon``), ``espeak``,
  ``timings``, ``loudness``, ``wav``
- ``recorded`` takes a recording as the speech
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, assert_never

from pipeline.child import Child
from pipeline.settings import SpeechSettings
from pipeline.types import Speech, Utterance, Voice


class Synthesizer(Protocol):
    """A source of speech."""

    async def voices(self) -> Sequence[Voice]:
        """List the voices that can be asked for now."""
        ...

    async def synthesize(self, utterance: Utterance, into: Path) -> Speech:
        """Speak the text into a mono 16-bit WAV at ``into``.

        Raises ``ScriptEmpty``, ``ScriptTooLong``, ``VoiceUnknown``, ``SpeechUnavailable``.
        """
        ...

    async def close(self) -> None:
        """Let go of processes and connections. Safe to repeat."""
        ...


def create(settings: SpeechSettings, environment: Mapping[str, str]) -> Synthesizer:
    """Make the provider that the settings name; ``environment`` is for its child process.

    One provider so far, so the chain has one link; several will be wrapped into one Synthesizer.
    """
    match settings.chain[0]:
        case "embedded":
            from pipeline.speech.embedded import EmbeddedSynthesizer

            return EmbeddedSynthesizer(settings, Child("speech", "pipeline.speech", environment))
        case name:
            assert_never(name)
