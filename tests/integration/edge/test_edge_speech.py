"""Edge's voices over the real protocol: what comes of an answer, and of every fault."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from typing import get_args

import aiohttp
import numpy as np
import pytest

from pipeline import errors
from pipeline.media.read import read_wav
from pipeline.settings import EdgeSettings, SpeechSettings
from pipeline.speech.edge import EdgeSynthesizer
from pipeline.types import Speech, Utterance, VoiceId
from tests.edge.fixtures import SteppedTime
from tests.edge.server import EdgeServer, Mode

NEERJA, PRABHAT = VoiceId("en-IN-NeerjaNeural"), VoiceId("en-IN-PrabhatNeural")
SIBLING = "en-IN-NeerjaExpressiveNeural"
SETTINGS = SpeechSettings(edge=EdgeSettings(idle_s=0.3))
TEXT = "Good morning my friend. The train leaves at six today."

Make = Callable[..., EdgeSynthesizer]


@pytest.fixture
async def make(edge: EdgeServer, stepped: SteppedTime) -> AsyncIterator[Make]:
    made: list[EdgeSynthesizer] = []

    def one(settings: SpeechSettings = SETTINGS, **more: object) -> EdgeSynthesizer:
        made.append(EdgeSynthesizer(settings, pace=stepped.pace, **more))  # type: ignore[arg-type]
        return made[-1]

    yield one
    for synthesizer in made:
        await synthesizer.close()


async def say(
    synthesizer: EdgeSynthesizer, into: Path, text: str = TEXT, voice: VoiceId = NEERJA
) -> Speech:
    asked = Utterance(text=text, locale="en-IN", voice_id=voice, rate_pct=10, pitch_hz=-5)
    return await synthesizer.synthesize(asked, into / "a.wav")


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


@pytest.mark.parametrize(
    "mode",
    [mode for mode in get_args(Mode) if mode not in ("ok", "403-skew")],
)
async def test_one_fault_is_tried_again_and_nobody_notices(
    edge: EdgeServer, make: Make, tmp_path: Path, mode: Mode
) -> None:
    edge.script.append(mode)

    speech = await say(make(), tmp_path)

    assert speech.voice_id == NEERJA
    assert len(speech.words) == len(TEXT.split())
    assert len(edge.heard) == 2


async def test_a_clock_an_hour_off_is_set_right(
    edge: EdgeServer, make: Make, tmp_path: Path, stepped: SteppedTime
) -> None:
    edge.clock_offset_s = 3_600

    speech = await say(make(), tmp_path)

    assert speech.voice_id == NEERJA
    assert stepped.slept == []


async def test_a_clock_an_hour_off_is_set_right_through_a_connector_of_ours(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    edge.clock_offset_s = -3_600

    speech = await say(make(connector_factory=aiohttp.TCPConnector), tmp_path)

    assert speech.voice_id == NEERJA


@pytest.mark.parametrize(
    ("mode", "tries"), [("503", 3), ("429", 3), ("stall", 3), ("403-nodate", 3)]
)
async def test_a_service_that_stays_down_is_unavailable(
    edge: EdgeServer, make: Make, tmp_path: Path, mode: Mode, tries: int, stepped: SteppedTime
) -> None:
    edge.script.extend([mode] * 10)

    with pytest.raises(errors.SpeechUnavailable):
        await say(make(), tmp_path)

    assert len(edge.heard) == tries
    assert stepped.slept == [1.5, 4.0]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", ["noaudio", "midcut", "fewwords", "badpath", "drop"])
async def test_after_three_tries_the_sibling_speaks(
    edge: EdgeServer, make: Make, tmp_path: Path, mode: Mode
) -> None:
    edge.script.extend([mode] * 3)

    speech = await say(make(), tmp_path)

    assert (speech.requested_voice_id, speech.voice_id) == (NEERJA, SIBLING)
    assert len(speech.words) == len(TEXT.split())


async def test_a_silent_voice_is_not_asked_again_for_a_while(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    synthesizer = make()
    edge.silent_voices.add("Microsoft Server Speech Text to Speech Voice (en-IN, NeerjaNeural)")
    await say(synthesizer, tmp_path)
    before = len(edge.heard)

    speech = await say(synthesizer, tmp_path)

    assert speech.voice_id == SIBLING
    assert len(edge.heard) == before + 1
    assert NEERJA not in {voice.id for voice in await synthesizer.voices()}


async def test_a_voice_without_a_sibling_is_unavailable_when_silent(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    edge.script.extend(["noaudio"] * 3)

    with pytest.raises(errors.SpeechUnavailable):
        await say(make(), tmp_path, voice=PRABHAT)


async def test_a_refusal_that_stays_closes_the_door_at_once(
    edge: EdgeServer, make: Make, tmp_path: Path, stepped: SteppedTime
) -> None:
    edge.script.extend(["403-skew"] * 10)
    synthesizer = make()
    with pytest.raises(errors.SpeechUnavailable):
        await say(synthesizer, tmp_path)
    tried = len(edge.heard)

    with pytest.raises(errors.SpeechUnavailable):
        await say(synthesizer, tmp_path)

    assert tried == len(edge.heard) == 4  # the library tries each of ours twice
    assert stepped.slept == [2.0]


async def test_after_five_faults_nobody_waits_until_a_probe_succeeds(
    edge: EdgeServer, make: Make, tmp_path: Path, stepped: SteppedTime
) -> None:
    edge.script.extend(["503"] * 5)
    synthesizer = make()
    for _ in range(2):
        with pytest.raises(errors.SpeechUnavailable):
            await say(synthesizer, tmp_path)
    assert len(edge.heard) == 5
    with pytest.raises(errors.SpeechUnavailable):
        await say(synthesizer, tmp_path)
    assert len(edge.heard) == 5

    stepped.now_s += 301
    speech = await say(synthesizer, tmp_path)

    assert speech.voice_id == NEERJA
    assert edge.texts == ["Good morning everyone.", TEXT]


async def test_a_service_that_nobody_reaches_is_unavailable_soon(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stepped: SteppedTime
) -> None:
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", "ws://127.0.0.1:9/edge/v1?a=b")

    with pytest.raises(errors.SpeechUnavailable):
        await say(make(), tmp_path)

    assert stepped.slept == [1.5]


async def test_all_tries_together_have_a_limit(
    edge: EdgeServer, make: Make, tmp_path: Path
) -> None:
    edge.script.extend(["stall"] * 10)
    impatient = SpeechSettings(edge=EdgeSettings(idle_s=20, limit_s=0.2))
    begun_s = time.monotonic()

    with pytest.raises(errors.SpeechUnavailable):
        await say(make(impatient), tmp_path)

    assert time.monotonic() - begun_s < 15  # far from the 20 s of one try


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
