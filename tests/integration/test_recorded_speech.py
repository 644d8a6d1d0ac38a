"""A recording becomes the speech, or the reason why not; decoded by the real ffmpeg."""

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import errors
from pipeline.media.read import read_wav
from pipeline.settings import SpeechSettings
from pipeline.speech.recorded import beginning, ready_speech, recorded_speech

RATE_HZ = 16_000
SETTINGS = SpeechSettings(max_s=5.0)


def syllables(seconds: float, peak: float = 0.5) -> NDArray[np.float64]:
    """Something that rises and falls as speech does."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    voice = np.sign(np.sin(2 * np.pi * 140 * times)) * 0.5 + np.sin(2 * np.pi * 900 * times) * 0.5
    loudness = np.clip(np.sin(2 * np.pi * 3 * times), 0.0, None)
    return np.asarray(peak * voice * loudness)


def tone(seconds: float) -> NDArray[np.float64]:
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.asarray(0.5 * np.sin(2 * np.pi * 440 * times))


def recording(folder: Path, sound: NDArray[np.float64]) -> Path:
    path = folder / "note.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


async def test_a_recording_is_the_speech_as_it_is(tmp_path: Path) -> None:
    note = recording(tmp_path, syllables(2.0))

    speech = await recorded_speech(note, tmp_path / "speech.wav", SETTINGS)

    assert speech.duration_s == pytest.approx(2.0, abs=0.01)
    assert (speech.voice_id, speech.provider, speech.phones) == (None, "recorded", ())
    sound = read_wav(speech.path)
    assert sound.sample_rate_hz == speech.sample_rate_hz == RATE_HZ
    assert sound.duration_s == pytest.approx(speech.duration_s)


@pytest.mark.parametrize("peak", [0.02, 0.1, 0.9])
async def test_quiet_and_loud_voices_are_heard(tmp_path: Path, peak: float) -> None:
    note = recording(tmp_path, syllables(2.0, peak))

    assert (await recorded_speech(note, tmp_path / "speech.wav", SETTINGS)).path.is_file()


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(2 * RATE_HZ),
        tone(2.0),
        np.random.default_rng(3).normal(0, 0.05, 2 * RATE_HZ),
        syllables(2.0, 0.002),
        syllables(0.2),
    ],
    ids=["silence", "tone", "hiss", "far too quiet", "a click"],
)
async def test_a_recording_without_speech_is_refused(
    tmp_path: Path, sound: NDArray[np.float64]
) -> None:
    note = recording(tmp_path, sound)

    with pytest.raises(errors.NoSpeechFound):
        await recorded_speech(note, tmp_path / "speech.wav", SETTINGS)

    assert not (tmp_path / "speech.wav").exists()


async def test_a_recording_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    note = recording(tmp_path, syllables(6.0))

    with pytest.raises(errors.SoundTooLong):
        await recorded_speech(note, tmp_path / "speech.wav", SETTINGS)


async def test_a_file_over_the_limit_of_bytes_or_none_at_all_is_not_opened(tmp_path: Path) -> None:
    note = recording(tmp_path, syllables(1.0))
    little = SpeechSettings(max_sound_bytes=note.stat().st_size - 1)

    with pytest.raises(errors.SoundUnreadable, match="the limit is"):
        await recorded_speech(note, tmp_path / "speech.wav", little)
    with pytest.raises(errors.SoundUnreadable, match="No such file"):
        await recorded_speech(tmp_path / "nothing.ogg", tmp_path / "speech.wav", SETTINGS)


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\x00\x00\x00\x00WAVE"])
async def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    note = tmp_path / "note.ogg"
    note.write_bytes(content)

    with pytest.raises(errors.SoundUnreadable):
        await recorded_speech(note, tmp_path / "speech.wav", SETTINGS)

    assert list(tmp_path.iterdir()) == [note]


async def test_the_beginning_of_a_recording_too_long_is_taken_on_demand(tmp_path: Path) -> None:
    note = recording(tmp_path, syllables(18.0))

    speech = await recorded_speech(note, tmp_path / "speech.wav", SETTINGS, cut=True)

    assert 2.0 < speech.duration_s <= 5.0
    assert read_wav(speech.path).duration_s == pytest.approx(speech.duration_s)


async def test_what_is_short_enough_is_not_cut(tmp_path: Path) -> None:
    note = recording(tmp_path, syllables(4.0))

    speech = await recorded_speech(note, tmp_path / "speech.wav", SETTINGS, cut=True)

    assert speech.duration_s == pytest.approx(4.0, abs=0.01)


def test_a_cut_falls_into_the_pause_near_the_limit() -> None:
    sound = tone(10.0)
    sound[round(3.4 * RATE_HZ) : round(3.7 * RATE_HZ)] *= 0.01

    kept = beginning((sound * 32767).astype(np.int16), RATE_HZ, 5.0)

    assert 3.6 < len(kept) / RATE_HZ <= 3.73
    assert len(beginning((tone(10.0) * 32767).astype(np.int16), RATE_HZ, 5.0)) == 5 * RATE_HZ


async def test_what_was_made_ready_is_taken_as_it_is(tmp_path: Path) -> None:
    note = recording(tmp_path, syllables(2.0))
    made = await recorded_speech(note, tmp_path / "speech.wav", SETTINGS)
    before = made.path.read_bytes()

    again = await ready_speech(made.path)

    assert again == made
    assert made.path.read_bytes() == before


async def test_what_claims_to_be_ready_and_is_not_is_refused(tmp_path: Path) -> None:
    (tmp_path / "speech.wav").write_bytes(b"no sound at all")

    with pytest.raises(errors.SoundUnreadable):
        await ready_speech(tmp_path / "speech.wav")
