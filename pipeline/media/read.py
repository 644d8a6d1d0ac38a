"""Read sound and pictures out of media files: a user's recording, our own WAVs, our own videos.

A user's recording is opened under allow-lists of protocols, containers and codecs, and decoded no
further than its limit; what it claims about its own length is not believed. Knows samples and
pixels; does not know what is said or seen.

Where the next one goes: a container or codec that users send joins the lists here, with a file of
it in ``tests/unit/media``.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from pipeline import errors

Pixels = NDArray[np.uint8]
"""(h, w, 3) RGB."""

CONTAINERS = "ogg,mp3,wav,mov,mp4,m4a,matroska,webm,flac,aac,amr"
CODECS = "opus,vorbis,mp3,mp3float,aac,flac,pcm_s16le,pcm_u8,amrnb,amrwb"
OPEN_OPTIONS = {
    # A playlist or a URL inside a file must not make us open anything else.
    "protocol_whitelist": "file",
    "format_whitelist": CONTAINERS,
    "codec_whitelist": CODECS,
    "max_alloc": "268435456",
}
OPEN_TIMEOUT_S = 5.0
# What the AAC encoder of the video takes (ISO 14496-3, table 1.18).
VIDEO_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """One channel of sound in memory."""

    samples: NDArray[np.int16]
    """(n,)"""
    sample_rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate_hz


def read_sound(path: Path, max_s: float, max_bytes: int) -> Sound:
    """Decode a user's recording to mono at its own rate.

    An unusual rate becomes the next one that a video can carry. Damaged packets are skipped, as
    players do. Raises ``SoundUnreadable`` (also beyond ``max_bytes``, unopened), ``SoundTooLong``.
    """
    try:
        size_bytes = path.stat().st_size
    except OSError as e:
        raise errors.SoundUnreadable(e.strerror or "no such file") from e
    if size_bytes > max_bytes:
        raise errors.SoundUnreadable(
            f"it has {size_bytes / 1e6:.1f} MB, the limit is {max_bytes / 1e6:.0f} MB"
        )
    try:
        return _decode(path, max_s)
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError) as e:
        raise errors.SoundUnreadable("it is damaged or of a kind not known here") from e


def read_wav(path: Path) -> Sound:
    """Read one of our own WAVs: mono, 16 bits. Raises ``SoundUnreadable``."""
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise errors.SoundUnreadable("a mono 16-bit WAV was expected")
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            return Sound(samples=samples.astype(np.int16), sample_rate_hz=file.getframerate())
    except (OSError, wave.Error, EOFError) as e:
        raise errors.SoundUnreadable("no WAV that can be read") from e


def read_frames(path: Path) -> Iterator[Pixels]:
    """Yield the frames of one of our own videos, in order, as RGB."""
    with av.open(f"file:{path}") as container:
        for frame in container.decode(video=0):
            yield np.ascontiguousarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def _decode(path: Path, max_s: float) -> Sound:
    timeout = (OPEN_TIMEOUT_S, OPEN_TIMEOUT_S)
    with av.open(f"file:{path}", options=dict(OPEN_OPTIONS), timeout=timeout) as container:
        if not container.streams.audio:
            raise errors.SoundUnreadable("there is no sound in it")
        stream = container.streams.audio[0]
        # The option above guards FFmpeg's probing; this guards our own decoder. A stream of a
        # codec that nobody knows has no context at all.
        codec = getattr(stream.codec_context, "name", "(unknown)")
        if codec not in CODECS.split(","):
            raise errors.SoundUnreadable(f"its codec {codec} is not taken")
        rate_hz = _video_rate_hz(stream.codec_context.sample_rate)
        most = round(max_s * rate_hz)
        parts, total = list[NDArray[np.int16]](), 0
        for samples in _mono(container, stream, rate_hz):
            parts.append(samples)
            total += len(samples)
            if total > most:
                raise errors.SoundTooLong(max_s)
    if not total:
        raise errors.SoundUnreadable("there is no sound in it")
    return Sound(samples=np.concatenate(parts), sample_rate_hz=rate_hz)


def _mono(
    container: av.container.InputContainer, stream: av.AudioStream, rate_hz: int
) -> Iterator[NDArray[np.int16]]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.InvalidDataError:  # one damaged packet; an empty result is refused above
            continue
        for frame in frames:
            for mono in resampler.resample(frame):
                yield mono.to_ndarray()[0].astype(np.int16)
    for mono in resampler.resample(None):
        yield mono.to_ndarray()[0].astype(np.int16)


def _video_rate_hz(rate_hz: int) -> int:
    return next((rate for rate in VIDEO_RATES_HZ if rate >= rate_hz), VIDEO_RATES_HZ[-1])
