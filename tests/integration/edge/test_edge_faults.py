"""Everything that Edge's service is known to do wrong, and what comes of it."""

import time
from pathlib import Path
from typing import get_args

import aiohttp
import pytest

from pipeline import errors
from pipeline.settings import EdgeSettings, SpeechSettings
from tests.edge.fixtures import SteppedTime
from tests.edge.server import EdgeServer, Mode
from tests.edge.speaking import NEERJA, PRABHAT, SIBLING, TEXT, Make, say


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
