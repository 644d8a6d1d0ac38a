"""Read sound and pictures: what a speech service sent, our own WAVs, our own videos.

What a service sent is opened under allow-lists of containers and codecs, and decoded no further
than a limit; what it claims about its own length is not believed. A user's recording is decoded by
``filters``, in a process of its own, under the same lists. Knows samples and pixels; does not know
what is said or seen.

Where the next one goes: a container or codec that users send joins the lists here, with a file of
it in ``tests/unit/media``.
"""

from __future__ import annotations

import io
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

CONTAINERS = "ogg,mp3,wav,mov,mp4,m4a,3gp,matroska,webm,flac,aac,amr,amrnb,amrwb"
CODECS = ",".join(
    (
        *("opus", "vorbis", "mp3", "mp3float", "aac", "flac", "alac", "amrnb", "amrwb"),
        *("pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_u8", "pcm_alaw", "pcm_mulaw"),
    )
)
OPEN_OPTIONS = {
    # A playlist or a URL inside it must not make us open anything.
    "protocol_whitelist": "",
    "format_whitelist": CONTAINERS,
    "codec_whitelist": CODECS,
}
SERVICE_MAX_S = 1200.0
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


def decode_mp3(data: bytes) -> Sound:
    """Decode MP3 that a speech service sent, to mono. Raises ``SoundUnreadable``."""
    return _of_service(data, "mp3")


def decode_speech(data: bytes) -> Sound:
    """Decode what a speech server sent, in any format. Raises ``SoundUnreadable``."""
    return _of_service(data, None)


def at_rate(sound: Sound, sample_rate_hz: int) -> Sound:
    """Give the same sound at another sample rate."""
    if sound.sample_rate_hz == sample_rate_hz:
        return sound
    resampler = av.AudioResampler(format="s16", layout="mono", rate=sample_rate_hz)
    frame = av.AudioFrame.from_ndarray(sound.samples[np.newaxis], format="s16", layout="mono")
    frame.sample_rate = sound.sample_rate_hz
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    samples = np.concatenate([part.to_ndarray()[0] for part in frames]).astype(np.int16)
    return Sound(samples=samples, sample_rate_hz=sample_rate_hz)


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


def _of_service(data: bytes, container_name: str | None) -> Sound:
    file, options = io.BytesIO(data), dict(OPEN_OPTIONS)
    try:
        with av.open(file, "r", format=container_name, options=options) as container:
            return _decoded(container)
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError) as e:
        raise errors.SoundUnreadable("it is damaged or of a kind not known here") from e


def _decoded(container: av.container.InputContainer) -> Sound:
    if not container.streams.audio:
        raise errors.SoundUnreadable("there is no sound in it")
    stream = container.streams.audio[0]
    # The option above guards FFmpeg's probing; this guards our own decoder. A stream of a codec
    # that nobody knows has no context at all.
    codec = getattr(stream.codec_context, "name", "(unknown)")
    if codec not in CODECS.split(","):
        raise errors.SoundUnreadable(f"its codec {codec} is not taken")
    rate_hz = video_rate_hz(stream.codec_context.sample_rate)
    most = round(SERVICE_MAX_S * rate_hz)
    parts, total = list[NDArray[np.int16]](), 0
    for samples in _mono(container, stream, rate_hz):
        parts.append(samples)
        total += len(samples)
        if total > most:
            raise errors.SoundTooLong(SERVICE_MAX_S)
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


def video_rate_hz(rate_hz: int) -> int:
    """Give the next sample rate that the sound of a video can have."""
    return next((rate for rate in VIDEO_RATES_HZ if rate >= rate_hz), VIDEO_RATES_HZ[-1])
