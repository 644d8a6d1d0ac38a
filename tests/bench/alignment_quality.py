"""Print how exactly the phones of known words are found in recordings, beside the sound alone.

    python -m tests.bench.alignment_quality

The recordings are made here, by one voice at several speeds and in noise, so every time is known;
the references that are laid along them are other takes. On 9.6 s of a real recording, against the
forced alignment of a speech recogniser (November 2026): word starts off by 24 ms in the median; r
of the gap .77, by the sound alone .52. Its own words lay at 0.89 of what the same words in another
order did, four other texts at 0.98 to 1.01 (``known_words.NEARER``).
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.bootstrap import Workshop, open_workshop
from pipeline.lipsync import listening, visemes
from pipeline.lipsync.track import Curve
from pipeline.media.read import read_wav
from pipeline.settings import Settings
from pipeline.speech.known_words import with_known_words
from pipeline.speech.wav import write_wav
from pipeline.types import Speech, Utterance, VoiceId
from tests import offline
from tests.bench.listening_quality import SAID, in_noise

FPS = 25
TAKES = ((25, 30, None), (-15, -20, None), (25, 30, 10.0))
"""Rate in per cent, pitch in Hz, signal to noise in dB."""


def main() -> None:
    """Print the table."""
    print(
        "recording             rate  noise   word starts off by    r by words   r by sound"
        "   other words taken"
    )
    asyncio.run(measure())


async def measure() -> None:
    """Align every voice's takes."""
    async with open_workshop(Settings(speech=offline.SPEECH)) as workshop:
        for voice, text in SAID:
            for take in TAKES:
                with tempfile.TemporaryDirectory() as folder:
                    await show(workshop, voice, text, take, Path(folder))


async def show(
    workshop: Workshop,
    voice: str,
    text: str,
    take: tuple[int, int, float | None],
    folder: Path,
) -> None:
    """Print one take."""
    rate_pct, pitch_hz, snr_db = take
    utterance = Utterance(text=text, voice_id=VoiceId(voice), rate_pct=rate_pct, pitch_hz=pitch_hz)
    true = await workshop.speaker.synthesize(utterance, folder / "take.wav")
    sound = read_wav(true.path)
    if snr_db is not None:
        sound = in_noise(sound, snr_db)
        write_wav(true.path, sound.samples, sound.sample_rate_hz)
    known = replace(true, words=(), phones=(), voice_id=None)
    speech = await with_known_words(known, text, workshop.speaker, offline.SPEECH, folder)
    wanted = gap(true)
    heard = listening.mouth_track(sound.samples, sound.sample_rate_hz, true.duration_s, FPS)
    off_ms = "none found"
    by_words = float("nan")
    if speech.phones:
        by_words = float(np.corrcoef(wanted, gap(speech))[0, 1])
        pairs = zip(speech.words, true.words, strict=True)
        starts = [1000 * abs(a.start_s - b.start_s) for a, b in pairs]
        off_ms = f"{np.median(starts):.0f} ms, 9 of 10 {np.percentile(starts, 90):.0f} ms"
    others = [other for _, other in SAID if other != text]
    taken = [
        bool(
            (await with_known_words(known, other, workshop.speaker, offline.SPEECH, folder)).phones
        )
        for other in others
    ]
    noise = "none" if snr_db is None else f"{snr_db:.0f} dB"
    by_sound = np.corrcoef(wanted, heard.gap)[0, 1]
    print(
        f"{voice:<20} {rate_pct:>+4} % {noise:>6} {off_ms:>22} {by_words:>11.2f} {by_sound:>12.2f}"
        f" {sum(taken):>14} of {len(others)}"
    )


def gap(speech: Speech) -> Curve:
    """Return the gap of the lips by the phones."""
    return visemes.mouth_track(speech.phones, speech.duration_s, FPS).gap


if __name__ == "__main__":
    main()
