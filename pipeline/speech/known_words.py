"""A recording whose words are known gets the times of its words and phones.

The words are spoken by the embedded voices, a woman's and a man's; the one that lies closer along
the recording lends its times (``aligning``). Where none can speak them, or they are not the words
of the recording, its sound alone moves the lips, as if nothing were known. Knows a
``Synthesizer``; knows no provider.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech import Synthesizer
from pipeline.speech.text import check_script
from pipeline.types import Speech, Utterance, VoiceId

REFERENCES = (VoiceId("embedded-en-in-f"), VoiceId("embedded-en-in-m"))
"""Who speaks the words; what they cannot read is read by their neighbours."""
ROOM = 3.0
"""How much longer than a script the words may seem: the recording itself has been measured."""
SLOWEST, FASTEST = 0.35, 3.0
"""How many times as long as the reference a recording of the same words may last."""

log = logging.getLogger(__name__)


async def with_known_words(
    recording: Speech, words: str, speaker: Synthesizer, settings: SpeechSettings, scratch: Path
) -> Speech:
    """Return the recording with ``words`` and ``phones`` timed, or as it is where they do not fit.

    Raises ``ScriptError`` for words that nobody could speak.
    """
    text = said_text(words, settings)
    tries = list[tuple[float, Speech]]()
    for voice_id in REFERENCES:
        into = scratch / f"reference-{voice_id}.wav"
        try:
            spoken = await speaker.synthesize(Utterance(text=text, voice_id=voice_id), into)
            if spoken.phones and SLOWEST < recording.duration_s / spoken.duration_s < FASTEST:
                tries.append(await asyncio.to_thread(_laid, recording, spoken))
        except errors.SpeechError as e:
            log.warning("no reference for known words: %s", e.code)
        finally:
            await asyncio.to_thread(into.unlink, missing_ok=True)
    if not tries:
        return recording
    return min(tries, key=lambda one: one[0])[1]


def said_text(words: str, settings: SpeechSettings) -> str:
    """Clean the words of a recording. Raises ``ScriptError``."""
    roomy = settings.model_copy(update={"max_s": ROOM * settings.max_s})
    return check_script(words, roomy).text


def _laid(recording: Speech, spoken: Speech) -> tuple[float, Speech]:
    """Give the cost of the alignment, and the recording with its times where it fits."""
    from pipeline.media.read import read_wav  # brings PyAV along
    from pipeline.speech.aligning import Heard, aligned

    heard, reference = (
        Heard(samples=sound.samples, sample_rate_hz=sound.sample_rate_hz)
        for sound in (read_wav(recording.path), read_wav(spoken.path))
    )
    found = aligned(heard, reference)
    if not found.fits:
        return found.cost, recording
    phones = found.phones(spoken.phones, recording.duration_s)
    return found.cost, replace(recording, words=found.moved(spoken.words), phones=phones)
