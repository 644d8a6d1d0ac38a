"""Recordings as people make them: something that rises and falls as speech does, in any format."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np

RATE_HZ = 48_000
TO_VIDEO = ("-f", "lavfi", "-i", "color=c=teal:s=240x240:r=25", "-shortest", "-c:v", "libx264")
OPTIONS = {
    ".ogg": ("-c:a", "libopus", "-b:a", "32k"),
    ".mp3": ("-c:a", "libmp3lame"),
    ".m4a": ("-c:a", "aac"),
    ".amr": ("-c:a", "libopencore_amrnb", "-ar", "8000", "-b:a", "12.2k"),
    ".mp4": (*TO_VIDEO, "-pix_fmt", "yuv420p", "-c:a", "aac"),
}


def note(path: Path, seconds: float = 3.0, peak: float = 0.3) -> Path:
    """Record so many seconds of syllables; the format is the suffix of ``path``. Blocking."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    # The pitch wanders as a speaker's does: an even one is a tone, and no tone moves a mouth.
    turns = np.cumsum(130 * (1 + 0.25 * np.sin(2 * np.pi * 0.7 * times))) / RATE_HZ
    voice = sum(np.sin(2 * np.pi * n * turns + n * n) / n for n in range(1, 20))
    sound = peak * voice / np.abs(voice).max() * np.clip(np.sin(2 * np.pi * 3 * times), 0, None)
    wav = path.with_suffix(".source.wav")
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.asarray(sound * 32767).astype("<i2").tobytes())
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-v", "error", "-nostdin", "-y", "-i", str(wav), *OPTIONS[path.suffix]]
    subprocess.run([*command, str(path)], check=True, timeout=60)
    wav.unlink()
    return path
