"""What the stand-in says: a tone burst for each word, as the MP3 that the service sends."""

from __future__ import annotations

import io
from functools import lru_cache

import av
import numpy as np

RATE_HZ = 24_000
BYTES_PER_S = 6_000
HEAD_S, WORD_S, TAIL_S = 0.1, 0.4, 0.8
BURST_S = 0.3
"""The rest of a word's time is silence."""


@lru_cache(maxsize=64)
def mp3(words: int) -> bytes:
    """Make MP3 at a constant 48 kbit/s, 24 kHz mono, without any header around it."""
    samples = np.zeros(round((HEAD_S + words * WORD_S + TAIL_S) * RATE_HZ), np.int16)
    times = np.arange(round(BURST_S * RATE_HZ)) / RATE_HZ
    envelope = np.sin(np.pi * times / BURST_S)
    for at in range(words):
        burst = 9_000 * envelope * np.sin(2 * np.pi * (180 + 20 * (at % 7)) * times)
        first = round((HEAD_S + at * WORD_S) * RATE_HZ)
        samples[first : first + len(burst)] = burst.astype(np.int16)
    file = io.BytesIO()
    plain = {"write_xing": "0", "id3v2_version": "0"}
    with av.open(file, "w", format="mp3", options=plain) as container:
        stream = container.add_stream("libmp3lame", rate=RATE_HZ, layout="mono")
        stream.bit_rate = 8 * BYTES_PER_S
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=RATE_HZ
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()
