"""The few ffmpeg graphs: decode a recording under limits, measure its loudness, set its level.

ffmpeg-python builds the arguments, ``runner`` runs them. A stranger's file is opened under the
same allow-lists as in ``read``. Knows no speech; what is too quiet or too long is decided above.

Where the next one goes: a function that builds its stream here, and a test that listens.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline import errors
from pipeline.media.read import CODECS, CONTAINERS, video_rate_hz
from pipeline.media.runner import OnlyFiles, run_ffmpeg

TARGET_LUFS, CEILING_DBTP = -16.0, -1.5
"""Speech for phones and messengers; EBU R128 with the true peak of ITU-R BS.1770-4."""
MAX_GAIN_DB = 32.0
SETTLED_DB = 0.3
ROUNDS = 5
OVERSAMPLED = 4
_LIMITER_DB = CEILING_DBTP - 0.4
"""The limiter works on samples; what the encoder makes of them peaks a little higher."""

_RATE = re.compile(r"Audio: pcm_s16le[^\n]*?, (\d{4,6}) Hz")
_LOUDNESS = re.compile(r"\bI:\s+(-?[\d.]+|-inf) LUFS")
_PEAK = re.compile(r"\bPeak:\s+(-?[\d.]+|-inf) dBFS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """What a meter shows."""

    integrated_lufs: float
    true_peak_dbtp: float


async def decode_recording(
    source: Path, into: Path, *, max_s: float, limit_s: float, clean: bool = False
) -> int:
    """Decode the first sound of a stranger's file into mono 16-bit samples; return their rate.

    ``into`` gets plain samples, little-endian, without a header. No more than ``max_s`` are
    decoded. ``clean`` takes rumble and steady noise out. Raises ``SoundUnreadable``,
    ``ChildTimedOut``.
    """
    sound = ffmpeg.input(
        f"file:{source}",
        t=max_s,
        protocol_whitelist="file",
        format_whitelist=CONTAINERS,
        codec_whitelist=CODECS,
        max_alloc=1 << 28,
    )["a:0"]
    if clean:
        sound = sound.filter("highpass", f=70).filter("afftdn", nr=12, nf=-40)
    samples = sound.output(f"file:{into}", format="s16le", ac=1, map_metadata=-1)
    await asyncio.to_thread(into.touch, 0o600)
    only = OnlyFiles(source=source, into=into)
    status, said = await _run(samples, limit_s, verbosity="info", only=only)
    rates = _RATE.findall(said)
    if "matches no streams" in said:
        raise errors.SoundUnreadable("there is no sound in it")
    if status != 0 or not rates or not 1_000 <= int(rates[-1]) <= 768_000:
        raise errors.SoundUnreadable("it is damaged or of a kind not known here")
    return int(rates[-1])


async def measured(source: Path, *, limit_s: float) -> Loudness | None:
    """Measure one of our own WAVs; None where it is silent. Raises ``SoundUnreadable``."""
    stream = ffmpeg.input(f"file:{source}", protocol_whitelist="file")
    meter = stream.filter("ebur128", peak="true", framelog="quiet")
    status, said = await _run(meter.output("-", format="null"), limit_s, verbosity="info")
    loudness, peak = _LOUDNESS.findall(said), _PEAK.findall(said)
    if status != 0 or not loudness or not peak:
        raise errors.SoundUnreadable("its loudness cannot be measured")
    if "-inf" in (loudness[-1], peak[-1]) or float(loudness[-1]) <= -70.0:
        return None
    return Loudness(integrated_lufs=float(loudness[-1]), true_peak_dbtp=float(peak[-1]))


async def level(source: Path, into: Path, *, sample_rate_hz: int, limit_s: float) -> None:
    """Bring one of our own WAVs to -16 LUFS with true peaks below -1.5 dBTP, at a video's rate.

    One gain and a limiter, so that quiet and loud keep their distance. Works below three seconds
    too, where ``loudnorm`` does not. Raises ``SoundUnreadable``.
    """
    gain_db = 0.0
    rate_hz = video_rate_hz(sample_rate_hz)
    for _ in range(ROUNDS):
        heard = await measured(into if gain_db else source, limit_s=limit_s)
        missing_db = TARGET_LUFS - heard.integrated_lufs if heard else 0.0
        if gain_db and abs(missing_db) < SETTLED_DB:
            return
        gain_db = min(gain_db + missing_db, MAX_GAIN_DB) or 1e-6
        stream = (
            ffmpeg.input(f"file:{source}", protocol_whitelist="file")
            .filter("volume", f"{gain_db:.2f}dB")
            .filter("aresample", rate_hz * OVERSAMPLED)
            .filter(
                "alimiter",
                limit=f"{10 ** (_LIMITER_DB / 20):.4f}",
                attack=3,
                release=80,
                level="false",
                latency="true",
            )
            .filter("aresample", rate_hz)
        )
        status, _ = await _run(_wav(stream, into), limit_s)
        if status != 0:
            raise errors.SoundUnreadable("its level cannot be set")


async def encode_voice_note(source: Path, into: Path, *, limit_s: float) -> None:
    """Make an OGG/Opus voice note of one of our own WAVs. Raises ``SoundUnreadable``."""
    sound = ffmpeg.input(f"file:{source}", protocol_whitelist="file")
    note = sound.output(
        f"file:{into}", format="ogg", acodec="libopus", audio_bitrate="32k", ar=48_000, ac=1
    )
    status, _ = await _run(note, limit_s)
    if status != 0:
        raise errors.SoundUnreadable("it cannot be made a voice note")


def _wav(stream: Any, into: Path) -> Any:
    options = {"map_metadata": -1, "fflags": "+bitexact"}
    return stream.output(f"file:{into}", format="wav", acodec="pcm_s16le", ac=1, **options)


async def _run(
    stream: Any, limit_s: float, verbosity: str = "error", only: OnlyFiles | None = None
) -> tuple[int, str]:
    command = stream.global_args("-nostdin", "-hide_banner", "-v", verbosity, "-threads", "2")
    return await run_ffmpeg(command.overwrite_output().get_args(), limit_s=limit_s, only=only)
