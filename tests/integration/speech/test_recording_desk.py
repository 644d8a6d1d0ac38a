"""What no lips could follow is refused when it comes, not after it has waited in a line."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.bootstrap import open_workshop
from pipeline.settings import Settings
from tests.notes import note

RATE_HZ = 16_000


def beeps(path: Path) -> Path:
    """Record what rises and falls as speech does, and is none."""
    times = np.arange(3 * RATE_HZ) / RATE_HZ
    sound = np.sin(2 * np.pi * 440 * times) * np.clip(np.sin(2 * np.pi * 3 * times), 0, None)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((sound * 16_000).astype("<i2").tobytes())
    return path


async def test_beeps_are_no_speech_and_a_voice_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    spoken = await asyncio.to_thread(note, tmp_path / "note.ogg")

    async with open_workshop(settings) as workshop:
        with pytest.raises(errors.NoSpeechFound):
            await workshop.recordings.check(beeps(tmp_path / "b.wav"), tmp_path / "one.wav")
        heard = await workshop.recordings.check(spoken, tmp_path / "two.wav")

    assert not (tmp_path / "one.wav").exists()
    assert heard.duration_s == pytest.approx(3.0, abs=0.4)
