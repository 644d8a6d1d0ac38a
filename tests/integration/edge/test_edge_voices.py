"""The list of Edge's voices: asked for beside the speaking, kept, and never waited for."""

import asyncio
from pathlib import Path

import edge_tts
import pytest

from pipeline.settings import EdgeSettings, SpeechSettings
from pipeline.speech.edge import EdgeSynthesizer
from pipeline.speech.edge.roster import Roster
from pipeline.speech.voices import edge_voices
from pipeline.types import Utterance, VoiceId
from tests.edge.fixtures import SteppedTime
from tests.edge.server import EdgeServer

SEED: list[str] = list(edge_voices())
NEERJA, EXPRESSIVE = SEED[0], SEED[2]
TEXT = "Good morning my friend."


class Days:
    """A calendar that the test turns."""

    now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


async def test_every_voice_of_the_seed_is_offered_until_the_service_was_asked(
    edge: EdgeServer, tmp_path: Path
) -> None:
    roster = Roster(tmp_path / "voices.json")

    assert list(await roster.offered()) == SEED
    assert edge.lists_asked == 0


async def test_a_withdrawn_voice_is_hidden_and_a_new_one_not_offered(
    edge: EdgeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edge.listed = [*SEED[1:], "en-IN-AartiNeural", "en-US-AvaNeural"]
    roster = Roster(tmp_path / "voices.json")

    await roster.refresh_if_due()

    assert list(await roster.offered()) == SEED[1:]
    assert NEERJA in caplog.text


async def test_the_list_is_asked_for_once_a_day_and_kept_between_processes(
    edge: EdgeServer, tmp_path: Path
) -> None:
    edge.listed = SEED[1:]
    days = Days()
    await Roster(tmp_path / "voices.json", clock=days).refresh_if_due()

    later = Roster(tmp_path / "voices.json", clock=days)
    days.now_s += 23 * 3600
    await later.refresh_if_due()
    assert edge.lists_asked == 1
    assert list(await later.offered()) == SEED[1:]
    days.now_s += 2 * 3600
    edge.listed = SEED
    await later.refresh_if_due()

    assert edge.lists_asked == 2
    assert list(await later.offered()) == SEED


@pytest.mark.parametrize("listed", [[], ["en-US-AvaNeural"]], ids=["refused", "of others only"])
async def test_a_list_that_cannot_be_used_changes_nothing(
    edge: EdgeServer, tmp_path: Path, listed: list[str]
) -> None:
    edge.listed = listed
    roster = Roster(tmp_path / "voices.json")

    await roster.refresh_if_due()

    assert list(await roster.offered()) == SEED
    assert not list(tmp_path.iterdir())


async def test_a_kept_list_that_is_damaged_is_asked_for_again(
    edge: EdgeServer, tmp_path: Path
) -> None:
    (tmp_path / "voices.json").write_text("{broken")
    edge.listed = SEED[1:]
    roster = Roster(tmp_path / "voices.json")

    await roster.refresh_if_due()

    assert list(await roster.offered()) == SEED[1:]


async def test_for_a_withdrawn_voice_its_sibling_speaks(
    edge: EdgeServer, tmp_path: Path, stepped: SteppedTime
) -> None:
    edge.listed = SEED[1:]
    synthesizer = EdgeSynthesizer(
        SpeechSettings(edge=EdgeSettings(idle_s=2)), keep=tmp_path, pace=stepped.pace
    )
    asked = Utterance(text=TEXT, locale="en-IN", voice_id=VoiceId(NEERJA))
    await synthesizer.synthesize(asked, tmp_path / "a.wav")  # asks for the list meanwhile
    async with asyncio.timeout(10):
        while NEERJA in {voice.id for voice in await synthesizer.voices()}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    speech = await synthesizer.synthesize(asked, tmp_path / "b.wav")
    await synthesizer.close()

    assert (speech.requested_voice_id, speech.voice_id) == (NEERJA, EXPRESSIVE)


@pytest.mark.network
async def test_the_seed_agrees_with_the_real_service() -> None:
    listed = {voice["ShortName"] for voice in await edge_tts.list_voices()}

    assert set(SEED) - listed == set()


@pytest.mark.network
async def test_the_real_service_speaks(tmp_path: Path) -> None:
    synthesizer = EdgeSynthesizer(SpeechSettings())

    speech = await synthesizer.synthesize(
        Utterance(text=TEXT, locale="en-IN", voice_id=VoiceId(NEERJA)), tmp_path / "a.wav"
    )
    await synthesizer.close()

    assert speech.voice_id == NEERJA
    assert [word.text for word in speech.words] == ["Good", "morning", "my", "friend"]
