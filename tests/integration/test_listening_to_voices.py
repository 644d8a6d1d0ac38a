"""Sound alone moves the mouth as the phones would, in quiet and in noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.bootstrap import open_workshop
from pipeline.lipsync import listening, visemes
from pipeline.media.read import Sound, read_wav
from pipeline.settings import Settings
from pipeline.types import Speech, Utterance, VoiceId
from tests import offline
from tests.bench.listening_quality import SAID, in_noise


@pytest.fixture(params=SAID, ids=lambda said: said[0])
async def speech(request: pytest.FixtureRequest, tmp_path: Path) -> Speech:
    voice, text = request.param
    async with open_workshop(Settings(speech=offline.SPEECH)) as workshop:
        utterance = Utterance(text=text, voice_id=VoiceId(voice))
        return await workshop.speaker.synthesize(utterance, tmp_path / "speech.wav")


def agreement(sound: Sound, speech: Speech) -> float:
    heard = listening.mouth_track(sound.samples, sound.sample_rate_hz, speech.duration_s, 25)
    known = visemes.mouth_track(speech.phones, speech.duration_s, 25)
    return float(np.corrcoef(heard.gap, known.gap)[0, 1])


async def test_a_voice_moves_the_mouth_much_as_its_phones_do(speech: Speech) -> None:
    assert agreement(read_wav(speech.path), speech) > 0.45


@pytest.mark.parametrize("snr_db", [10, 5])
async def test_a_voice_in_noise_still_moves_the_mouth(speech: Speech, snr_db: int) -> None:
    assert agreement(in_noise(read_wav(speech.path), snr_db), speech) > 0.2
