"""The next provider when one is unavailable; itself a Synthesizer, the one that everybody holds.

A script is cast (``casting``): each sentence goes to a voice that can read it. When a provider
fails, the whole script is cast again without it, so that no voice changes in mid-speech; what was
already spoken lies in the cache. ``Speech.voice_id`` beside ``requested_voice_id`` says who really
spoke, ``voice_change`` why. Knows no provider by itself: they are given, in the order of the
settings.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from pipeline import errors, metrics
from pipeline.settings import SpeechSettings
from pipeline.speech import Synthesizer
from pipeline.speech.assembly import LEAD_IN_S, TAIL_S, Passage, joined
from pipeline.speech.casting import Span, cast
from pipeline.speech.text import most_s, plan_script
from pipeline.speech.wav import write_wav
from pipeline.types import Speech, Timing, Utterance, Voice, VoiceChange, VoiceId

log = logging.getLogger(__name__)


class Phonetician(Protocol):
    """Finds the phones inside words whose times are known."""

    async def phones(self, speech: Speech, locale: str) -> Sequence[Timing]:
        """Give phones that cover the speech; empty when they cannot be known."""
        ...

    async def close(self) -> None:
        """Let go of processes. Safe to repeat."""
        ...


class Chain:
    """Providers in the order in which they are tried.

    ``known`` has every voice that exists anywhere, so that a voice of a provider that is not in
    the chain, or that was withdrawn, finds somebody to stand in.
    """

    def __init__(
        self,
        links: Mapping[str, Synthesizer],
        known: Mapping[VoiceId, Voice],
        settings: SpeechSettings,
        phonetician: Phonetician | None = None,
    ) -> None:
        self._links, self._known, self._settings = dict(links), known, settings
        self._phonetician = phonetician

    async def voices(self) -> Sequence[Voice]:
        """List the voices of all providers, in the order of the chain."""
        return [voice for link in self._links.values() for voice in await link.voices()]

    async def synthesize(self, utterance: Utterance, into: Path) -> Speech:
        """Speak the text into a mono 16-bit WAV at ``into``, at the speaking voice's own rate.

        Raises ``ScriptEmpty``, ``ScriptTooLong``, ``VoiceUnknown``, ``DiskFull``, and
        ``SpeechUnavailable`` when no provider can speak.
        """
        wanted = self._known.get(utterance.voice_id)
        if wanted is None:
            raise errors.VoiceUnknown(utterance.voice_id)
        plan = plan_script(utterance.text, self._settings)
        offered = {name: await link.voices() for name, link in self._links.items()}
        failure = errors.SpeechUnavailable(wanted.provider, "no voice here reads this text")
        while offered and (spans := cast(plan.text, wanted, offered)):
            async with AsyncExitStack() as stack:
                takes: list[Speech] = []
                for at, span in enumerate(spans):
                    path = into.with_name(f"{into.name}.{at}.wav")
                    stack.callback(path.unlink, missing_ok=True)
                    try:
                        takes.append(await self._speak(span, utterance, path))
                    except errors.SpeechUnavailable as e:
                        failure = e
                        log.warning("%s cannot speak now: %s", span.voice.provider, e)
                        del offered[span.voice.provider]
                        break
                else:
                    return await self._assembled(takes, spans, wanted, into)
        raise failure

    async def close(self) -> None:
        """Close every provider. Safe to repeat."""
        for link in self._links.values():
            await link.close()
        if self._phonetician is not None:
            await self._phonetician.close()

    async def _speak(self, span: Span, utterance: Utterance, into: Path) -> Speech:
        asked = replace(
            utterance, text=span.text, voice_id=span.voice.id, locale=span.voice.locale
        )
        provider = span.voice.provider
        try:
            speech = await self._links[provider].synthesize(asked, into)
        except errors.SpeechUnavailable:
            metrics.SPEECH_REQUESTS.labels(provider=provider, result="unavailable").inc()
            raise
        metrics.SPEECH_REQUESTS.labels(provider=provider, result="ok").inc()
        if speech.phones or self._phonetician is None:
            return speech
        return replace(
            speech, phones=tuple(await self._phonetician.phones(speech, span.voice.locale))
        )

    async def _assembled(
        self, takes: Sequence[Speech], spans: Sequence[Span], wanted: Voice, into: Path
    ) -> Speech:
        main = _main(takes, wanted)
        change = None
        if main.voice_id != wanted.id:
            # A provider that was not asked, or a voice that its provider replaced, is unavailable.
            asked_for = {span.voice.id for span in spans}
            failed = wanted.id in asked_for or main.provider != wanted.provider
            change = VoiceChange.UNAVAILABLE if failed else VoiceChange.WRITING
        whole = replace(main, path=into, requested_voice_id=wanted.id, voice_change=change)
        if len(takes) == 1 and not spans[0].pause_s:
            await asyncio.to_thread(takes[0].path.replace, into)
            return whole
        passage = await asyncio.to_thread(_joined, takes, spans)
        if passage.duration_s > most_s(self._settings):
            raise errors.ScriptTooLong(passage.duration_s, self._settings.max_s)
        await asyncio.to_thread(write_wav, into, passage.samples, passage.sample_rate_hz)
        return replace(
            whole,
            duration_s=passage.duration_s,
            sample_rate_hz=passage.sample_rate_hz,
            words=passage.words,
            phones=passage.phones,
            from_cache=all(take.from_cache for take in takes),
        )


def _main(takes: Sequence[Speech], wanted: Voice) -> Speech:
    """Choose who is named as the speaker: the wanted voice, else who spoke the longest."""
    return max(takes, key=lambda take: (take.voice_id == wanted.id, take.duration_s))


def _joined(takes: Sequence[Speech], spans: Sequence[Span]) -> Passage:
    """Lay the takes end to end; a pause counts the silence that each take has at its ends."""
    from pipeline.media.read import at_rate, read_wav

    rate_hz = max(take.sample_rate_hz for take in takes)
    passages = [
        Passage(
            samples=at_rate(read_wav(take.path), rate_hz).samples,
            sample_rate_hz=rate_hz,
            words=take.words,
            phones=take.phones,
        )
        for take in takes
    ]
    between = [0.0] + [LEAD_IN_S + TAIL_S] * (len(takes) - 1)
    pauses = [max(0.0, s.pause_s - b) for s, b in zip(spans, between, strict=True)]
    return joined(passages, pauses)
