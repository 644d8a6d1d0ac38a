"""Edge's voices over the real protocol: what comes of an answer."""

import asyncio
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.media.read import read_wav
from pipeline.settings import EdgeSettings, SpeechSettings
from pipeline.types import Utterance, VoiceId
from tests.edge.server import EdgeServer
from tests.edge.speaking import NEERJA, PRABHAT, TEXT, Make, say


async def test_an_answer_becomes_speech_with_the_time_of_every_word(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    speech = await say(make(), tmp_path)

    assert [w.text for w in speech.words] == TEXT.replace(".", "").split()
    assert (speech.provider, speech.voice_id, speech.sample_rate_hz) == ("edge", NEERJA, 24_000)
    sound = read_wav(speech.path)
    assert sound.duration_s == pytest.approx(speech.duration_s)
    for word in speech.words:
        inside = sound.samples[round(word.start_s * 24_000) : round(word.end_s * 24_000)]
        assert np.abs(inside.astype(int)).max() > 5_000
    heard = edge.heard[0]
    assert (heard.voice, heard.rate, heard.pitch) == (
        "Microsoft Server Speech Text to Speech Voice (en-IN, NeerjaNeural)",
        "+10%",
        "-5Hz",
    )
    assert '"wordBoundaryEnabled":"true"' in heard.config


async def test_the_mouth_starts_and_ends_closed_without_a_long_wait(
    make: Make, tmp_path: Path
) -> None:
    speech = await say(make(), tmp_path)

    samples = read_wav(speech.path).samples
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 200) / 24_000
    assert 0.2 < loud[0] < 0.45
    assert 0.25 < speech.duration_s - loud[-1] < 0.6


async def test_at_most_two_connections_are_open(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    synthesizer = make()
    edge.hold = asyncio.Event()
    speaking = [
        asyncio.create_task(
            synthesizer.synthesize(
                Utterance(text=TEXT, locale="en-IN", voice_id=NEERJA), tmp_path / f"{n}.wav"
            )
        )
        for n in range(5)
    ]
    async with asyncio.timeout(10):
        while edge.active < 2:  # noqa: ASYNC110  the server knows no event for it
            await asyncio.sleep(0.01)
    edge.hold.set()

    await asyncio.gather(*speaking)

    assert edge.max_active == 2


async def test_a_cancelled_request_frees_its_place(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    one_at_a_time = SpeechSettings(edge=EdgeSettings(at_once=1, idle_s=20))
    synthesizer = make(one_at_a_time)
    edge.script.append("stall")
    stuck = asyncio.create_task(say(synthesizer, tmp_path))
    async with asyncio.timeout(10):
        while not edge.active:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stuck.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stuck

    speech = await say(synthesizer, tmp_path)

    assert speech.voice_id == NEERJA


async def test_a_long_text_goes_in_pieces_cut_at_sentences_with_times_that_go_on(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    sentence = "यह एक बहुत लंबी कहानी है जो आज मैं सुनाता हूँ। "
    synthesizer = make(SpeechSettings(max_s=600, max_chars=10_000, edge=EdgeSettings(limit_s=60)))

    speech = await say(synthesizer, tmp_path, sentence * 80, voice=VoiceId("hi-IN-SwaraNeural"))

    assert len(edge.texts) > 1
    assert all(text.endswith("।") for text in edge.texts)
    assert all(len(text.encode()) <= 3_500 for text in edge.texts)
    assert " ".join(edge.texts) == (sentence * 80).strip()
    assert len(speech.words) == 80 * len(sentence.split())
    assert all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(speech.words))
    assert speech.words[-1].end_s < speech.duration_s


async def test_empty_texts_never_reach_the_network(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    for text in ("", "...", "😀", "\ud800", " \n"):
        with pytest.raises(errors.ScriptEmpty):
            await say(make(), tmp_path, text)

    assert edge.heard == []


async def test_no_log_and_no_error_holds_the_words(
    edge: EdgeServer, make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edge.script.extend(["midcut", "503", "badjson"])

    with pytest.raises(errors.SpeechUnavailable) as caught:
        await say(make(), tmp_path, "Secretword secretword secretword.", voice=PRABHAT)

    assert caplog.records
    assert "secretword" not in (caplog.text + str(caught.value)).lower()
