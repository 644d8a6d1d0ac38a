"""Microsoft Edge's Indian voices: online, natural, the default. No key and no contract.

The service may throttle, cut answers short, fall silent, withdraw voices or refuse us altogether;
what each module here does about that stands in its docstring:

- ``pieces`` cuts a script below the service's limit, ``service`` speaks one piece and names every
  fault, ``complete`` tells whether an answer is whole
- ``persistence`` tries again, ``circuit`` keeps everybody from waiting for a dead service
- ``roster`` knows which voices there are today, and who stands in for a withdrawn one

Scripts go to Microsoft: the bot's /privacy says so. Knows no other provider (``chain.py`` does).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.assembly import PAUSE_S, Passage, joined, tightened
from pipeline.speech.edge.persistence import Pace, Persistence
from pipeline.speech.edge.pieces import pieces
from pipeline.speech.edge.roster import Roster
from pipeline.speech.edge.service import (
    ConnectorFactory,
    Fault,
    FaultKind,
    Manner,
    Reply,
    Service,
)
from pipeline.speech.loudness import levelled
from pipeline.speech.text import most_s, plan_script
from pipeline.speech.wav import write_wav
from pipeline.types import Speech, Timing, Utterance, Voice

VERSION = f"edge-tts {version('edge-tts')}"
ROSTER_FILE = "edge-voices.json"
SURELY_TOO_LONG = 1.5
"""A script estimated so many times too long is refused before the service is asked."""


class EdgeSynthesizer:
    """Edge's read-aloud service, hardened.

    ``keep`` is a folder for the list of voices; ``connector_factory`` makes the connections, for
    example through SOCKS; ``pace`` is time and chance.
    """

    def __init__(
        self,
        settings: SpeechSettings,
        *,
        keep: Path | None = None,
        connector_factory: ConnectorFactory | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._settings = settings
        self._persistence = Persistence(
            Service(settings.edge, connector_factory), settings.edge, pace or Pace()
        )
        self._roster = Roster(
            keep / ROSTER_FILE if keep else None,
            proxy=settings.edge.proxy,
            connector_factory=connector_factory,
        )
        self._refreshing: asyncio.Task[None] | None = None

    async def voices(self) -> Sequence[Voice]:
        """List the Indian voices that the service had when it was last asked; no network."""
        return list((await self._roster.offered()).values())

    async def synthesize(self, utterance: Utterance, into: Path) -> Speech:
        """Speak the text into a mono 16-bit WAV at ``into``, at the service's 24,000 Hz.

        A withdrawn or silent voice is replaced by its sibling; ``voice_id`` says who spoke.
        Raises ``ScriptEmpty``, ``ScriptTooLong`` (the real length counts), ``VoiceUnknown``,
        ``DiskFull``, and ``SpeechUnavailable`` when all tries were in vain.
        """
        voice = self._roster.listed(utterance.voice_id)
        if voice is None:
            raise errors.VoiceUnknown(utterance.voice_id)
        plan = plan_script(utterance.text, self._settings)
        max_s = self._settings.max_s
        if plan.duration_s > SURELY_TOO_LONG * max_s:
            raise errors.ScriptTooLong(plan.duration_s, max_s)
        self._refresh()
        spoken_by, replies = await self._speak(list(pieces(plan.sentences)), voice, utterance)
        passage = await asyncio.to_thread(_assembled, replies)
        if passage.duration_s > most_s(self._settings):
            raise errors.ScriptTooLong(passage.duration_s, max_s)
        await asyncio.to_thread(write_wav, into, passage.samples, passage.sample_rate_hz)
        return Speech(
            path=into,
            duration_s=passage.duration_s,
            sample_rate_hz=passage.sample_rate_hz,
            words=passage.words,
            provider="edge",
            voice_id=spoken_by.id,
            requested_voice_id=utterance.voice_id,
        )

    async def close(self) -> None:
        """Stop asking for the list of voices. Safe to repeat."""
        refreshing, self._refreshing = self._refreshing, None
        if refreshing is not None:
            refreshing.cancel()
            await asyncio.wait([refreshing])

    async def _speak(
        self, texts: Sequence[str], voice: Voice, utterance: Utterance
    ) -> tuple[Voice, list[Reply]]:
        """Speak with the voice, or with its sibling: one voice for all pieces."""
        limit_s = self._settings.edge.limit_s
        try:
            async with asyncio.timeout(limit_s):
                fault = Fault(kind=FaultKind.NO_AUDIO, detail="the voice was withdrawn")
                if voice.id in await self._roster.offered():
                    outcome = await self._persistence.speak(texts, _manner(voice, utterance))
                    if not isinstance(outcome, Fault):
                        return voice, outcome
                    fault = outcome
                sibling = await self._roster.sibling(voice)
                if sibling is not None:
                    outcome = await self._persistence.speak(texts, _manner(sibling, utterance))
                    if not isinstance(outcome, Fault):
                        if fault.kind is FaultKind.NO_AUDIO:
                            self._roster.gone(voice.id)
                        return sibling, outcome
        except TimeoutError as e:
            self._persistence.ran_out_of_time()
            raise errors.SpeechUnavailable("edge", f"no speech within {limit_s:.0f} s") from e
        raise errors.SpeechUnavailable("edge", fault.detail)

    def _refresh(self) -> None:
        """Ask for the list of voices beside the speaking; the task ends by itself or at close."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._roster.refresh_if_due())


def _manner(voice: Voice, utterance: Utterance) -> Manner:
    return Manner(voice_id=voice.id, rate_pct=utterance.rate_pct, pitch_hz=utterance.pitch_hz)


def _assembled(replies: Sequence[Reply]) -> Passage:
    passages = [
        Passage(
            samples=reply.sound.samples,
            sample_rate_hz=reply.sound.sample_rate_hz,
            words=tuple(_in_order(reply.words)),
        )
        for reply in replies
    ]
    whole = tightened(joined(passages, [0.0] + [PAUSE_S] * (len(passages) - 1)))
    samples = levelled(whole.samples, whole.sample_rate_hz)
    return Passage(samples=samples, sample_rate_hz=whole.sample_rate_hz, words=whole.words)


def _in_order(words: Sequence[Timing]) -> list[Timing]:
    """Sort by start, without words that have no length or no letter."""
    sounding = [w for w in words if w.end_s > w.start_s and any(map(str.isalnum, w.text))]
    return sorted(sounding, key=lambda word: word.start_s)
