"""The same words in the same voice are spoken once; itself a Synthesizer around another.

An entry is a WAV and a JSON beside it, named by the hash of everything that decides the sound, in
``<folder>/ab/cd/``. It appears whole or not at all, is checked when it is read, and goes when it
is too old (counted from its making) or when the folder grows too large (least used first). Ten
who ask for the same at once cause one call. What another voice spoke than was asked for is never
kept.

The key holds no person, so nobody's entries can be found by who asked: they live no longer than
other artifacts. Knows no provider.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.speech import Synthesizer
from pipeline.speech.shelf import Shelf
from pipeline.types import Speech, Utterance, Voice

SCHEMA = 1
PREPARED_BY = 1
"""Count this up when the same script would be cleaned, joined or levelled differently."""


@dataclass(slots=True)
class _Making:
    """Those who ask for the same speech at the same time."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    callers: int = 0


class CachedSynthesizer:
    """Asks ``inner`` only for what is not on the shelf.

    ``version`` names what else decides the sound: the model, the engine.
    """

    def __init__(
        self,
        inner: Synthesizer,
        shelf: Shelf,
        *,
        version: str,
    ) -> None:
        self._inner, self._shelf, self._version = inner, shelf, version
        self._making: dict[str, _Making] = {}

    async def voices(self) -> Sequence[Voice]:
        """List the voices of the provider."""
        return await self._inner.voices()

    async def synthesize(self, utterance: Utterance, into: Path) -> Speech:
        """Give what was spoken before, else have it spoken. Raises what the provider raises."""
        key = self._key(utterance)
        making = self._making.setdefault(key, _Making())
        making.callers += 1
        try:
            async with making.lock:  # when the first is cancelled, the next one makes it
                return await self._kept_or_made(key, utterance, into)
        finally:
            making.callers -= 1
            if not making.callers:
                del self._making[key]

    async def close(self) -> None:
        """Close the provider. Safe to repeat."""
        await self._inner.close()

    async def _kept_or_made(self, key: str, utterance: Utterance, into: Path) -> Speech:
        kept = await asyncio.to_thread(self._shelf.take, key, into)
        if kept is not None:
            return replace(kept, from_cache=True)
        speech = await self._inner.synthesize(utterance, into)
        if speech.voice_id == utterance.voice_id:
            await asyncio.to_thread(self._shelf.put, key, speech)
        return speech

    def _key(self, utterance: Utterance) -> str:
        decides = {
            "schema": SCHEMA,
            "prepared_by": PREPARED_BY,
            "version": self._version,
            "voice": utterance.voice_id,
            "locale": utterance.locale,
            "rate_pct": utterance.rate_pct,
            "pitch_hz": utterance.pitch_hz,
            "text": unicodedata.normalize("NFC", utterance.text),
        }
        written = json.dumps(decides, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(written.encode()).hexdigest()
