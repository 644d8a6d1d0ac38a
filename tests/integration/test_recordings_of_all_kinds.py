"""Whatever people send as a recording, at any rate and level, becomes speech of one level."""

import asyncio
import os
import shutil
import subprocess
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import errors
from pipeline.confine import confinable
from pipeline.media import filters
from pipeline.media.read import read_wav
from pipeline.media.runner import OnlyFiles, run_ffmpeg
from pipeline.settings import SpeechSettings
from pipeline.speech.recorded import recorded_speech

RATE_HZ = 48_000
SPOKEN_S = 4.0
SETTINGS = SpeechSettings(max_s=20.0)


def syllables(peak: float, before_s: float = 1.5, after_s: float = 2.0) -> NDArray[np.int16]:
    """Something that rises and falls as speech does, between two silences."""
    times = np.arange(round(SPOKEN_S * RATE_HZ)) / RATE_HZ
    phases = np.random.default_rng(1).uniform(0, 2 * np.pi, 20)
    voice = sum(np.sin(2 * np.pi * 130 * n * times + phases[n]) / n for n in range(1, 20))
    sound = peak * voice / np.abs(voice).max() * np.clip(np.sin(2 * np.pi * 3 * times), 0, None)
    quiet = (np.zeros(round(before_s * RATE_HZ)), np.zeros(round(after_s * RATE_HZ)))
    return np.asarray(np.concatenate([quiet[0], sound, quiet[1]]) * 32767).astype(np.int16)


def original(folder: Path, peak: float = 0.3) -> Path:
    path = folder / "original.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(syllables(peak).astype("<i2").tobytes())
    return path


def converted(source: Path, name: str, *options: str) -> Path:
    into = source.with_name(name)
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-v", "error", "-nostdin", "-i", str(source), *options, str(into)]
    subprocess.run(command, check=True, timeout=60)
    return into


KINDS = {
    "voice.ogg": (("-c:a", "libopus", "-b:a", "32k"), 48_000),
    "song.mp3": (("-c:a", "libmp3lame", "-ar", "44100", "-ac", "2"), 44_100),
    "note.m4a": (("-c:a", "aac", "-ar", "44100"), 44_100),
    "stereo.wav": (("-ac", "2", "-c:a", "pcm_s24le", "-ar", "96000"), 48_000),
    "small.wav": (("-c:a", "pcm_u8", "-ar", "11025"), 11_025),
    "best.flac": (("-c:a", "flac", "-ar", "32000"), 32_000),
    "phone.amr": (("-c:a", "libopencore_amrnb", "-ar", "8000", "-b:a", "12.2k"), 8_000),
    "old.3gp": (("-c:a", "libopencore_amrnb", "-ar", "8000", "-b:a", "12.2k"), 8_000),
    "web.webm": (("-c:a", "libopus"), 48_000),
    "odd.wav": (("-ar", "37800"), 44_100),
}


@pytest.mark.parametrize("name", KINDS)
async def test_every_kind_is_heard_at_its_own_rate(tmp_path: Path, name: str) -> None:
    options, rate_hz = KINDS[name]
    note = converted(original(tmp_path), name, *options)

    speech = await recorded_speech(note, tmp_path / "speech.wav", SETTINGS)

    assert speech.sample_rate_hz == rate_hz
    assert read_wav(speech.path).duration_s == pytest.approx(speech.duration_s)
    assert speech.duration_s == pytest.approx(SPOKEN_S + 0.5, abs=0.25)
    heard = await filters.measured(speech.path, limit_s=20)
    assert heard
    assert heard.integrated_lufs == pytest.approx(filters.TARGET_LUFS, abs=1.0)
    assert heard.true_peak_dbtp <= filters.CEILING_DBTP + 0.1
    assert {path.name for path in tmp_path.iterdir()} == {"original.wav", name, "speech.wav"}


async def test_the_sound_of_a_video_is_heard(tmp_path: Path) -> None:
    picture = ("-f", "lavfi", "-i", "color=c=red:s=64x64:d=3", "-shortest")
    video = converted(original(tmp_path), "clip.mp4", *picture, "-c:v", "libx264", "-c:a", "aac")

    speech = await recorded_speech(video, tmp_path / "speech.wav", SETTINGS)

    assert speech.sample_rate_hz == 48_000
    assert speech.duration_s > 1.0


@pytest.mark.parametrize("peak", [0.02, 0.1, 0.5, 1.0])
async def test_quiet_and_loud_voices_reach_one_level(tmp_path: Path, peak: float) -> None:
    speech = await recorded_speech(original(tmp_path, peak), tmp_path / "speech.wav", SETTINGS)

    heard = await filters.measured(speech.path, limit_s=20)
    assert heard
    assert heard.integrated_lufs == pytest.approx(filters.TARGET_LUFS, abs=1.0)
    assert heard.true_peak_dbtp <= filters.CEILING_DBTP + 0.1


async def test_silence_at_both_ends_goes_and_a_breath_stays(tmp_path: Path) -> None:
    speech = await recorded_speech(original(tmp_path), tmp_path / "speech.wav", SETTINGS)

    loud = np.flatnonzero(np.abs(read_wav(speech.path).samples.astype(int)) > 500) / RATE_HZ
    assert 0.15 < loud[0] < 0.4
    assert 0.2 < speech.duration_s - loud[-1] < 0.6


async def test_silence_around_does_not_count_towards_the_limit(tmp_path: Path) -> None:
    short = SpeechSettings(max_s=5.0)

    speech = await recorded_speech(original(tmp_path), tmp_path / "speech.wav", short)

    assert speech.duration_s < 5.0


async def test_steady_noise_can_be_taken_out(tmp_path: Path) -> None:
    samples = syllables(0.3).astype(np.float64)
    samples += np.random.default_rng(5).normal(0, 300, len(samples))
    note = tmp_path / "noisy.wav"
    with wave.open(str(note), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.clip(-32768, 32767).astype("<i2").tobytes())
    clean = SpeechSettings(max_s=20.0, clean_recordings=True)

    as_it_is = await recorded_speech(note, tmp_path / "a.wav", SETTINGS)
    cleaned = await recorded_speech(note, tmp_path / "b.wav", clean)

    def hiss(path: Path) -> float:
        frames = read_wav(path).samples.astype(np.float64)
        frames = frames[: len(frames) // 480 * 480].reshape(-1, 480)
        return float(np.percentile(np.sqrt((frames**2).mean(axis=1)), 10))

    assert hiss(cleaned.path) < 0.7 * hiss(as_it_is.path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", "#EXTM3U\n#EXTINF:10,\nsecret.wav\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile secret.wav\n"),
        ("note.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n"),
    ],
)
async def test_a_file_that_names_another_file_opens_nothing(
    tmp_path: Path, name: str, content: str
) -> None:
    original(tmp_path).rename(tmp_path / "secret.wav")
    (tmp_path / name).write_text(content)

    with pytest.raises(errors.SoundUnreadable):
        await recorded_speech(tmp_path / name, tmp_path / "speech.wav", SETTINGS)

    assert not list(tmp_path.glob("speech*"))


async def test_a_picture_is_no_recording(tmp_path: Path) -> None:
    picture = ("-f", "lavfi", "-i", "color=c=red:s=64x64:d=1", "-map", "1:v", "-c:v", "libx264")
    silent = converted(original(tmp_path), "silent.mp4", *picture)

    with pytest.raises(errors.SoundUnreadable, match="no sound"):
        await recorded_speech(silent, tmp_path / "speech.wav", SETTINGS)


async def test_decoding_has_a_limit_and_leaves_no_process(tmp_path: Path) -> None:
    endless = ("-f", "lavfi", "-i", "anullsrc", "-f", "null", "-")

    with pytest.raises(errors.ChildTimedOut):
        await run_ffmpeg(["-v", "error", "-re", *endless], limit_s=0.3)

    assert not _ffmpegs()


async def test_cancelling_ends_the_process(tmp_path: Path) -> None:
    endless = ("-f", "lavfi", "-i", "anullsrc", "-f", "null", "-")
    task = asyncio.create_task(run_ffmpeg(["-v", "error", "-re", *endless], limit_s=60))
    async with asyncio.timeout(10):
        while not _ffmpegs():  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not _ffmpegs()


async def test_ffmpeg_may_not_take_all_the_memory(tmp_path: Path) -> None:
    huge = ("-f", "lavfi", "-i", "testsrc=s=8000x8000:d=100,reverse", "-f", "null", "-")

    status, told = await run_ffmpeg(["-v", "error", *huge], limit_s=60)

    assert status != 0 or "Cannot allocate memory" in told, "whichever part asked"


@pytest.mark.parametrize("name", ["-y.wav", "concat:a|b.wav", "a:b,c[0];'d.wav", "%05d.wav"])
async def test_a_name_that_reads_like_an_option_is_only_a_name(tmp_path: Path, name: str) -> None:
    original(tmp_path).rename(tmp_path / name)

    speech = await recorded_speech(tmp_path / name, tmp_path / f"{name}.out.wav", SETTINGS)

    assert speech.duration_s == pytest.approx(SPOKEN_S, abs=0.7)


async def test_ffmpeg_opens_a_strangers_file_and_no_other(tmp_path: Path) -> None:
    """Whatever a file makes of ffmpeg, the other files of this machine stay closed to it."""
    if not confinable().folders:
        pytest.skip("this kernel cannot limit folders")
    sent, neighbour, into = original(tmp_path), tmp_path / "neighbour.wav", tmp_path / "into"
    shutil.copy(sent, neighbour)
    into.touch()
    only = OnlyFiles(source=sent, into=into)

    async def through(source: Path, target: Path) -> int:
        command = ["-y", "-i", f"file:{source}", "-f", "s16le", f"file:{target}"]
        return (await run_ffmpeg(command, limit_s=30, only=only))[0]

    assert await through(sent, into) == 0
    assert into.stat().st_size > 1000
    assert await through(neighbour, into) != 0
    assert await through(sent, tmp_path / "new") != 0
    assert await through(sent, neighbour) != 0
    assert neighbour.read_bytes() == sent.read_bytes()


def _ffmpegs() -> list[str]:
    """Find the ffmpeg processes that this process started and that still run."""
    name = Path(imageio_ffmpeg.get_ffmpeg_exe()).name.encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, stat = (folder / "cmdline").read_bytes(), (folder / "stat").read_text()
        except OSError:
            continue
        if name in command and f" {os.getpid()} " in stat:
            found.append(folder.name)
    return found
