"""A recording taken as the speech: the user's own voice, at its own rate.

Decoded in a confined process (``media.filters``), checked that somebody speaks in it, trimmed at
both ends, brought to the level of every other voice; between its words nothing is changed. No
words and no phones are known, so the sound itself will drive the lips. Its words as text are the
business of ``transcribing``.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline import errors
from pipeline.settings import SpeechSettings
from pipeline.speech.assembly import LEAD_IN_S, TAIL_S
from pipeline.speech.wav import write_wav
from pipeline.types import Speech

if TYPE_CHECKING:
    from pipeline.media.read import Sound

FRAME_S = 0.03
QUIETEST_SPEECH_DB = -45.0
"""RMS of a frame, below full scale. A voice note made at arm's length lies near -30."""
ABOVE_FLOOR_DB = 9.0
"""Speech rises and falls; hum, hiss and tones do not."""
SHORTEST_SPEECH_S = 0.3

CUT_WITHIN_S = 3.0
PAUSE_SHARE = 0.02
"""A recording that is cut ends in a pause, if there is one so near to the limit: a moment with so
little of the mean energy there."""

Samples = NDArray[np.int16]


async def recorded_speech(
    source: Path,
    into: Path,
    settings: SpeechSettings,
    *,
    cut: bool = False,
    clean: bool = False,
) -> Speech:
    """Make a mono 16-bit WAV at ``into`` of a recording, or of the sound of a video.

    ``cut`` takes the beginning of a recording that is too long, up to a pause; ``clean`` takes
    steady noise out, as the setting ``clean_recordings`` does for all. Raises ``SoundUnreadable``
    (also when it takes too long), ``SoundTooLong``, ``NoSpeechFound``, ``DiskFull``; then no file
    is left.
    """
    # FFmpeg comes along: only who needs it pays, and no event loop stops for its import.
    await asyncio.to_thread(import_module, "pipeline.media.filters")
    from pipeline.media import filters
    from pipeline.media.read import read_wav

    await asyncio.to_thread(_require_size, source, settings.max_sound_bytes)
    decoded, trimmed = into.with_name(f"{into.name}.decoded"), into.with_name(f"{into.name}.cut")
    levelled = into.with_name(f"{into.name}.level")
    most_s = settings.max_recording_s
    try:
        async with asyncio.timeout(settings.limit_s):
            rate_hz = await filters.decode_recording(
                source,
                decoded,
                max_s=most_s + 1,
                limit_s=settings.limit_s,
                clean=clean or settings.clean_recordings,
            )
            sound = await asyncio.to_thread(np.fromfile, decoded, "<i2")
            samples = await asyncio.to_thread(speech_part, sound, rate_hz)
            if samples is None:
                raise errors.NoSpeechFound
            if len(samples) > settings.max_s * rate_hz or len(sound) > most_s * rate_hz:
                if not cut:
                    raise errors.SoundTooLong(settings.max_s)
                samples = await asyncio.to_thread(beginning, samples, rate_hz, settings.max_s)
            await asyncio.to_thread(write_wav, trimmed, samples, rate_hz)
            await filters.level(
                trimmed, levelled, sample_rate_hz=rate_hz, limit_s=settings.limit_s
            )
            heard = await asyncio.to_thread(read_wav, levelled)
            await asyncio.to_thread(write_wav, into, heard.samples, heard.sample_rate_hz)
    except (TimeoutError, errors.ChildTimedOut) as e:
        raise errors.SoundUnreadable("decoding it took too long") from e
    finally:
        for path in (decoded, trimmed, levelled):
            await asyncio.to_thread(path.unlink, missing_ok=True)
    return _own_voice(into, heard)


async def ready_speech(path: Path) -> Speech:
    """Take a WAV that ``recorded_speech`` made before as it is. Raises ``SoundUnreadable``."""
    from pipeline.media.read import read_wav

    return _own_voice(path, await asyncio.to_thread(read_wav, path))


def _own_voice(path: Path, sound: Sound) -> Speech:
    return Speech(
        path=path,
        duration_s=sound.duration_s,
        sample_rate_hz=sound.sample_rate_hz,
        provider="recorded",
        voice_id=None,
    )


def speech_part(samples: Samples, sample_rate_hz: int) -> Samples | None:
    """Cut silence off both ends, leaving a breath; None where nobody speaks.

    Somebody speaks when for 0.3 s in all the sound is loud enough and stands out from its own
    floor.
    """
    size = max(1, round(FRAME_S * sample_rate_hz))
    count = len(samples) // size
    if not count:
        return None
    frames = samples[: count * size].astype(np.float64).reshape(count, size) / 32768.0
    levels_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)
    floor_db = float(np.percentile(levels_db, 10))
    least_db = max(QUIETEST_SPEECH_DB, floor_db + ABOVE_FLOOR_DB)
    loud = np.flatnonzero(levels_db > least_db)
    if len(loud) * FRAME_S < SHORTEST_SPEECH_S:
        return None
    first = int(loud[0]) * size - round(LEAD_IN_S * sample_rate_hz)
    last = (int(loud[-1]) + 1) * size + round(TAIL_S * sample_rate_hz)
    return samples[max(first, 0) : last]


def beginning(samples: Samples, sample_rate_hz: int, max_s: float) -> Samples:
    """Take so many seconds at most, and end in a pause of the last three, else where it is."""
    longest = samples[: int(max_s * sample_rate_hz)]
    size = max(1, round(FRAME_S * sample_rate_hz))
    count = min(round(CUT_WITHIN_S / FRAME_S), len(longest) // size - 1)
    if count < 1 or len(longest) == len(samples):
        return longest
    tail = longest[len(longest) - count * size :].astype(np.float64).reshape(count, size)
    energy = np.mean(tail**2, axis=1)
    quiet = np.flatnonzero(energy <= PAUSE_SHARE * energy.mean())
    ends_at = quiet[-1] + 1 if len(quiet) else count
    return longest[: len(longest) - int(count - ends_at) * size]


def _require_size(source: Path, max_bytes: int) -> None:
    try:
        size_bytes = source.stat().st_size
    except OSError as e:
        raise errors.SoundUnreadable(e.strerror or "no such file") from e
    if size_bytes > max_bytes:
        raise errors.SoundUnreadable(
            f"it has {size_bytes / 1e6:.1f} MB, the limit is {max_bytes / 1e6:.0f} MB"
        )
