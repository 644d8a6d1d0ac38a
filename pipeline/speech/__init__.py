"""SCRIPT -> SPEECH: the port ``Synthesizer`` and the choice of who implements it.

Knows words and sound; knows no picture, no job, no Telegram. A new provider is a module here, its
name in ``SpeechSettings.chain`` and one ``case`` in ``create``. The map of the package:

- ``text`` checks a script by ``cleaning``, ``amounts``, ``pauses`` and ``estimate``; ``letters``
  knows scripts
- ``chain`` asks the providers in turn: ``casting`` says which voice reads which sentence,
  ``assembly`` joins what several spoke, ``cache`` speaks nothing twice
- ``phonetics`` finds the phones inside the words of online voices, ``guessing`` the words where
  nobody tells them; ``subtitles`` writes words down
- ``voices`` reads ``config/voices.toml``
- ``edge`` (a package) and ``openai`` are online; ``embedded`` is espeak-ng seen from the parent,
  it asks the child (``__main__``) by ``request``
- in the child: ``speaking`` asks ``phrase`` (``accent``, ``lexicon``), ``espeak``,
  ``timings``, ``loudness``, ``wav``
- ``recorded`` takes a recording as the speech; ``transcribing`` asks ``whisper`` for its words
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, assert_never

from pipeline.child import Child
from pipeline.sealing import Sealer
from pipeline.settings import SpeechSettings
from pipeline.types import Speech, Utterance, Voice, VoiceId

if TYPE_CHECKING:
    from pipeline.speech.shelf import Shelf


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


def create(
    settings: SpeechSettings,
    environment: Mapping[str, str],
    keep: Path | None = None,
    sealer: Sealer | None = None,
) -> Synthesizer:
    """Make the chain of providers that the settings name.

    ``environment`` is for child processes, ``keep`` a folder for what outlives this one; the
    speech in it is sealed by ``sealer``.
    """
    from pipeline.speech.chain import Chain
    from pipeline.speech.phonetics import EspeakPhonetics

    child = Child("speech", "pipeline.speech", environment)
    links: dict[str, Synthesizer] = {
        name: _provider(name, settings, child, keep, sealer) for name in settings.chain
    }
    return Chain(links, known_voices(settings), settings, EspeakPhonetics(child))


def known_voices(settings: SpeechSettings) -> Mapping[VoiceId, Voice]:
    """List every voice that is described anywhere, offered or not."""
    from pipeline.speech.voices import edge_voices, embedded_voices, openai_voices

    return {
        **{id: voice.shown() for id, voice in edge_voices().items()},
        **{id: voice.shown() for id, voice in embedded_voices().items()},
        **openai_voices(settings.openai),
    }


def _provider(
    name: Literal["edge", "openai", "embedded"],
    settings: SpeechSettings,
    child: Child,
    keep: Path | None,
    sealer: Sealer | None,
) -> Synthesizer:
    match name:
        case "edge":
            from pipeline.speech.edge import VERSION, EdgeSynthesizer

            edge = EdgeSynthesizer(settings, keep=keep)
            return _cached(edge, settings, keep, sealer, VERSION)
        case "openai":
            from pipeline.speech.openai import OpenAISynthesizer

            version = f"openai {settings.openai.url} {settings.openai.model}"
            return _cached(OpenAISynthesizer(settings), settings, keep, sealer, version)
        case "embedded":
            from pipeline.speech.embedded import EmbeddedSynthesizer

            return EmbeddedSynthesizer(settings, child)
        case _:
            assert_never(name)


def _cached(
    inner: Synthesizer,
    settings: SpeechSettings,
    keep: Path | None,
    sealer: Sealer | None,
    version: str,
) -> Synthesizer:
    """Keep what is paid for or slow; the embedded voice speaks faster than a disk answers."""
    if keep is None or not settings.cache_bytes:
        return inner
    from pipeline.speech.cache import CachedSynthesizer

    return CachedSynthesizer(inner, speech_shelf(settings, keep, sealer), version=version)


def speech_shelf(
    settings: SpeechSettings,
    keep: Path,
    sealer: Sealer | None,
    clock: Callable[[], float] = time.time,
) -> Shelf:
    """Open the folder where speech is kept to be used again."""
    from pipeline.speech.shelf import Shelf  # brings ciphers, 14 MB: not for every child

    return Shelf(
        keep / "cache",
        max_bytes=settings.cache_bytes,
        max_age_s=settings.cache_hours * 3600,
        clock=clock,
        sealer=sealer,
    )
