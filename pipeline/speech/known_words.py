"""A recording whose words are known gets the times of its words and phones.

The words are spoken by the embedded voices, a woman's and a man's; the one that lies closer along
the recording lends its times (``aligning``). How close that is tells little by itself, for no two
voices are alike; so the same voice also says the words in another order. Where that lies as close,
the recording says something else. Then, and where nobody can speak the words, its sound alone
moves the lips, as if nothing were known.

Where its sender gave no words, or others, whoever writes words down here may; a machine's words
are laid along the recording by the same measure. Knows a ``Synthesizer``; knows no provider.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech import Synthesizer
from pipeline.speech.text import check_script
from pipeline.speech.transcribing import Transcript
from pipeline.types import Speech, Utterance, VoiceId

if TYPE_CHECKING:
    from pipeline.speech.aligning import Heard

REFERENCES = (VoiceId("embedded-en-in-f"), VoiceId("embedded-en-in-m"))
"""Who speaks the words; what they cannot read is read by their neighbours."""
ROOM = 3.0
"""How much longer than a script the words may seem: the recording itself has been measured."""
SLOWEST, FASTEST = 0.35, 3.0
"""How many times as long as the reference a recording of the same words may last."""
NEARER = 0.92
"""How much closer than in another order the words must lie. Those of a recording lay at 0.3 to
0.89 of that, others at 0.935 and more."""

WriteDown = Callable[[Path], Awaitable[Transcript]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWords:
    """A recording and what is said in it; no text and no times where nobody knows."""

    speech: Speech
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """The words as a voice says them."""

    spoken: Speech
    heard: Heard


async def find_words(
    recording: Speech,
    told: str | None,
    write_down: WriteDown | None,
    speaker: Synthesizer,
    settings: SpeechSettings,
    scratch: Path,
) -> KnownWords:
    """Lay the words that its sender ``told`` along a recording, else those written down here.

    Raises ``ScriptError`` for told words that nobody could speak.
    """
    if told is not None:
        timed = await with_known_words(recording, told, speaker, settings, scratch)
        if timed.words:
            return KnownWords(speech=timed, text=said_text(told, settings))
    if write_down is None:
        return KnownWords(speech=recording)
    try:
        heard = (await write_down(recording.path)).text
        timed = await with_known_words(recording, heard, speaker, settings, scratch)
        text = said_text(heard, settings)
    except errors.BoltiError as e:  # the video is made without them
        log.warning("nobody wrote the words down: %s", e.code)
        return KnownWords(speech=recording)
    return KnownWords(speech=timed, text=text if timed.words else None)


async def with_known_words(
    recording: Speech, words: str, speaker: Synthesizer, settings: SpeechSettings, scratch: Path
) -> Speech:
    """Return the recording with ``words`` and ``phones`` timed, or as it is where they do not fit.

    Raises ``ScriptError`` for words that nobody could speak.
    """
    from pipeline.speech.aligning import aligned

    text = said_text(words, settings)
    heard = await asyncio.to_thread(_heard_in, recording.path)
    tries = []
    for voice_id in REFERENCES:
        reference = await _said_by(voice_id, text, speaker, scratch)
        if reference is None or not reference.spoken.phones:
            continue
        if SLOWEST < recording.duration_s / reference.spoken.duration_s < FASTEST:
            found = await asyncio.to_thread(aligned, heard, reference.heard)
            tries.append((found, reference.spoken, voice_id))
    if not tries:
        return recording
    found, spoken, voice_id = min(tries, key=lambda one: one[0].cost)
    wrong = [await _said_by(voice_id, order, speaker, scratch) for order in _out_of_order(text)]
    costs = [(await asyncio.to_thread(aligned, heard, w.heard)).cost for w in wrong if w]
    if not found.fits or not costs or found.cost > NEARER * sum(costs) / len(costs):
        log.info("the known words are not those of the recording")
        return recording
    phones = found.phones(spoken.phones, recording.duration_s)
    return replace(recording, words=found.moved(spoken.words), phones=phones)


def said_text(words: str, settings: SpeechSettings) -> str:
    """Clean the words of a recording. Raises ``ScriptError``."""
    roomy = settings.model_copy(update={"max_s": ROOM * settings.max_s})
    return check_script(words, roomy).text


def _out_of_order(text: str) -> tuple[str, str]:
    """Give the words backwards, and their second half before their first."""
    words = text.split()
    half = len(words) // 2
    return " ".join(reversed(words)), " ".join(words[half:] + words[:half])


async def _said_by(
    voice_id: VoiceId, text: str, speaker: Synthesizer, scratch: Path
) -> _Reference | None:
    """Let a voice say a text; None where it cannot."""
    into = scratch / f"reference-{voice_id}.wav"
    try:
        spoken = await speaker.synthesize(Utterance(text=text, voice_id=voice_id), into)
        return _Reference(spoken=spoken, heard=await asyncio.to_thread(_heard_in, spoken.path))
    except errors.SpeechError as e:
        log.warning("no reference for known words: %s", e.code)
        return None
    finally:
        await asyncio.to_thread(into.unlink, missing_ok=True)


def _heard_in(path: Path) -> Heard:
    from pipeline.media.read import read_wav  # brings PyAV along
    from pipeline.speech.aligning import Heard

    sound = read_wav(path)
    return Heard(samples=sound.samples, sample_rate_hz=sound.sample_rate_hz)
