"""Recordings as people make them: somebody speaks, in any format and of any length."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline.child import Child
from pipeline.settings import SpeechSettings, child_environment
from pipeline.speech.embedded import EmbeddedSynthesizer
from pipeline.types import Utterance, VoiceId

RATE_HZ = 22_050
WORDS = "Good morning to all of you, the train to Pune leaves at six and the tea is always hot. "
TO_VIDEO = ("-f", "lavfi", "-i", "color=c=teal:s=240x240:r=25", "-shortest", "-c:v", "libx264")
OPTIONS = {
    ".ogg": ("-c:a", "libopus", "-b:a", "32k"),
    ".mp3": ("-c:a", "libmp3lame"),
    ".m4a": ("-c:a", "aac"),
    ".amr": ("-c:a", "libopencore_amrnb", "-ar", "8000", "-b:a", "12.2k"),
    ".mp4": (*TO_VIDEO, "-pix_fmt", "yuv420p", "-c:a", "aac"),
}


def note(path: Path, seconds: float = 3.0, peak: float = 0.3) -> Path:
    """Record so many seconds of speech; the format is the suffix of ``path``. Blocking."""
    spoken = asyncio.run(_spoken(seconds))
    sound = spoken * (peak / np.abs(spoken).max())
    wav = path.with_suffix(".source.wav")
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-v", "error", "-nostdin", "-y", "-i", str(wav), *OPTIONS[path.suffix]]
    subprocess.run([*command, str(path)], check=True, timeout=60)
    wav.unlink()
    return path


async def _spoken(seconds: float) -> NDArray[np.float64]:
    """Let the embedded voice speak for so long, cut where the time is over."""
    voice = EmbeddedSynthesizer(
        SpeechSettings(max_s=600), Child("speech", "pipeline.speech", child_environment())
    )
    asked = Utterance(text=WORDS * (1 + round(seconds / 4)), voice_id=VoiceId("embedded-en-in-f"))
    try:
        with tempfile.TemporaryDirectory() as folder:
            speech = await voice.synthesize(asked, Path(folder) / "speech.wav")
            with wave.open(str(speech.path), "rb") as file:
                frames = file.readframes(file.getnframes())
    finally:
        await voice.close()
    samples = np.frombuffer(frames, "<i2").astype(np.float64) / 32768.0
    return samples[: round(seconds * RATE_HZ)]
