"""A recording whose words are known: its phones move the lips, better than its sound alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.bootstrap import Workshop, open_workshop
from pipeline.lipsync import listening, visemes
from pipeline.media.read import read_wav
from pipeline.settings import Settings
from pipeline.speech.known_words import WriteDown, find_words, with_known_words
from pipeline.speech.transcribing import Transcript
from pipeline.types import Speech, Utterance, VoiceId
from tests import offline

WORDS = "Good morning. My brother bought fifty mangoes, but the bus was full."
MAN = VoiceId("embedded-en-in-m")


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    async with open_workshop(Settings(speech=offline.SPEECH)) as opened:
        yield opened


async def recorded(workshop: Workshop, folder: Path) -> tuple[Speech, Speech]:
    """Let a voice say the words faster than any reference; give what is true, what is known."""
    utterance = Utterance(text=WORDS, voice_id=MAN, rate_pct=25, pitch_hz=30)
    true = await workshop.speaker.synthesize(utterance, folder / "me.wav")
    known = replace(true, words=(), phones=(), provider="recorded", voice_id=None)
    return true, known


async def test_phones_of_known_words_move_the_lips_better_than_the_sound(
    workshop: Workshop, tmp_path: Path
) -> None:
    true, known = await recorded(workshop, tmp_path)

    speech = await with_known_words(
        known, WORDS, workshop.speaker, workshop.settings.speech, tmp_path
    )

    sound = read_wav(true.path)
    wanted = visemes.mouth_track(true.phones, true.duration_s, 25).gap
    aligned = visemes.mouth_track(speech.phones, true.duration_s, 25).gap
    heard = listening.mouth_track(sound.samples, sound.sample_rate_hz, true.duration_s, 25).gap
    by_words, by_sound = (np.corrcoef(wanted, seen)[0, 1] for seen in (aligned, heard))
    assert by_words > 0.8 > by_sound
    starts = [abs(a.start_s - b.start_s) for a, b in zip(speech.words, true.words, strict=True)]
    assert np.median(starts) < 0.04
    assert [path.name for path in tmp_path.iterdir()] == ["me.wav"]


@pytest.mark.parametrize(
    "words",
    [
        6 * WORDS,
        "Please remember your umbrella, because it may rain in the evening.",
        "नमस्ते दोस्तों, आज मैं आपको एक बहुत अच्छी बात बताना चाहती हूँ।",
        "Mangoes.",
    ],
    ids=["far too many", "others", "of another language", "one, and not the only one"],
)
async def test_words_that_are_not_those_of_the_recording_leave_it_to_its_sound(
    workshop: Workshop, tmp_path: Path, words: str
) -> None:
    _, known = await recorded(workshop, tmp_path)

    speech = await with_known_words(
        known, words, workshop.speaker, workshop.settings.speech, tmp_path
    )

    assert speech == known
    assert [path.name for path in tmp_path.iterdir()] == ["me.wav"]


async def test_no_words_at_all_are_refused(workshop: Workshop, tmp_path: Path) -> None:
    _, known = await recorded(workshop, tmp_path)

    with pytest.raises(errors.ScriptEmpty):
        await with_known_words(known, "!!!", workshop.speaker, offline.SPEECH, tmp_path)


async def heard(recording: Path) -> Transcript:
    """Write down what a recording says, as a machine does that hears well."""
    assert recording.is_file()
    return Transcript(text=WORDS, language="en")


async def nothing_heard(recording: Path) -> Transcript:
    """Hear nobody."""
    raise errors.NoSpeechFound


@pytest.mark.parametrize("told", [None, "The weather in Delhi stays cold until the end of March."])
async def test_words_that_nobody_told_are_written_down(
    workshop: Workshop, tmp_path: Path, told: str | None
) -> None:
    true, known = await recorded(workshop, tmp_path)

    found = await find_words(
        known, told, heard, workshop.speaker, workshop.settings.speech, tmp_path
    )

    assert found.text == WORDS
    assert len(found.speech.words) == len(true.words)


@pytest.mark.parametrize("write_down", [None, nothing_heard])
async def test_a_recording_whose_words_nobody_finds_stays_as_it_is(
    workshop: Workshop, tmp_path: Path, write_down: WriteDown | None
) -> None:
    _, known = await recorded(workshop, tmp_path)

    found = await find_words(
        known, None, write_down, workshop.speaker, workshop.settings.speech, tmp_path
    )

    assert (found.speech, found.text) == (known, None)
