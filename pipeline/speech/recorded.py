"""A recording taken as the speech: the user's own voice, at its own rate, as it is.

Checks that somebody speaks in it. No words and no phones are known, so the sound itself will drive
the lips. Decoding stands in ``media.read``; transcribing, trimming and levelling are not here yet.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.wav import write_wav
from pipeline.types import Speech

FRAME_S = 0.03
QUIETEST_SPEECH_DB = -45.0
"""RMS of a frame, below full scale. A voice note made at arm's length lies near -30."""
ABOVE_FLOOR_DB = 9.0
"""Speech rises and falls; hum, hiss and tones do not."""
SHORTEST_SPEECH_S = 0.3


async def recorded_speech(source: Path, into: Path, settings: SpeechSettings) -> Speech:
    """Decode a recording into a mono 16-bit WAV at ``into``, without blocking the loop.

    Raises ``SoundUnreadable`` (also when decoding takes too long), ``SoundTooLong``,
    ``NoSpeechFound``, ``DiskFull``; then no file is left.
    """
    try:
        async with asyncio.timeout(settings.limit_s):
            return await asyncio.to_thread(_decoded, source, into, settings)
    except TimeoutError as e:
        raise errors.SoundUnreadable("decoding it took too long") from e


def _decoded(source: Path, into: Path, settings: SpeechSettings) -> Speech:
    from pipeline.media.read import read_sound  # brings FFmpeg along: only who needs it pays

    sound = read_sound(source, settings.max_s, settings.max_sound_bytes)
    if not holds_speech(sound.samples, sound.sample_rate_hz):
        raise errors.NoSpeechFound
    write_wav(into, sound.samples, sound.sample_rate_hz)
    return Speech(
        path=into,
        duration_s=len(sound.samples) / sound.sample_rate_hz,
        sample_rate_hz=sound.sample_rate_hz,
        provider="recorded",
        voice_id=None,
    )


def holds_speech(samples: NDArray[np.int16], sample_rate_hz: int) -> bool:
    """Tell whether for 0.3 s in all the sound is loud enough and stands out from its own floor."""
    size = max(1, round(FRAME_S * sample_rate_hz))
    count = len(samples) // size
    if not count:
        return False
    frames = samples[: count * size].astype(np.float64).reshape(count, size) / 32768.0
    levels_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)
    floor_db = float(np.percentile(levels_db, 10))
    least_db = max(QUIETEST_SPEECH_DB, floor_db + ABOVE_FLOOR_DB)
    return int(np.count_nonzero(levels_db > least_db)) * FRAME_S >= SHORTEST_SPEECH_S
