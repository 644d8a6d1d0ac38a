"""Print what sound alone does to the mouth: sounds of all kinds, then real lips to compare with.

    python -m tests.bench.listening_quality [FILM ...]

A film shows one person who speaks; r is against that person's lips, slow drift taken off.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

import numpy as np

from pipeline import errors
from pipeline.bootstrap import open_workshop
from pipeline.lipsync import listening, visemes
from pipeline.lipsync.voicing import voicing_of
from pipeline.media.read import Sound, read_wav
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.settings import Settings
from pipeline.types import Speech, Utterance, VoiceId
from tests import offline
from tests.measure import filmed_lips, sounds

FPS = 25
SAID = (
    ("embedded-en-in-f", "Good morning. My brother bought fifty mangoes, but the bus was full."),
    ("embedded-en-in-m", "Please remember your umbrella, because it may rain in the evening."),
    ("embedded-hi-f", "नमस्ते दोस्तों, आज मैं आपको एक बहुत अच्छी बात बताना चाहती हूँ।"),
)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="*", type=Path)
    asked = parser.parse_args()
    print(f"{'sound':<34} {'speaks':>6}  mean gap  r of the phones")
    with tempfile.TemporaryDirectory() as folder:
        for speech in asyncio.run(spoken(Path(folder))):
            show_speech(speech)
    for name, wave in sounds.no_speech().items():
        show(name, Sound(samples=sounds.pcm(wave), sample_rate_hz=sounds.RATE_HZ), None)
    if asked.films:
        mesh = MediaPipeMesh()
        print(f"\n{'film':<34} r of the gap  r of the width")
        for film in asked.films:
            show_film(film, mesh)


async def spoken(folder: Path) -> list[Speech]:
    """Have the embedded voices speak."""
    async with open_workshop(Settings(speech=offline.SPEECH)) as workshop:
        return [
            await workshop.speaker.synthesize(
                Utterance(text=text, voice_id=VoiceId(voice)), folder / f"{voice}.wav"
            )
            for voice, text in SAID
        ]


def show_speech(speech: Speech) -> None:
    """Print one voice: clean, and in noise."""
    clean, by_phones = (
        read_wav(speech.path),
        visemes.mouth_track(speech.phones, speech.duration_s, FPS),
    )
    show(str(speech.voice_id), clean, by_phones.gap)
    for snr_db in (10, 5):
        noisy = in_noise(clean, snr_db)
        show(f"{speech.voice_id}, noise at {snr_db} dB", noisy, by_phones.gap)


def in_noise(sound: Sound, snr_db: float) -> Sound:
    """Add white noise."""
    wave = sound.samples.astype(np.float64)
    noise = np.random.default_rng(2).normal(size=len(wave))
    loud = np.sqrt(np.mean(wave**2)) * 10 ** (-snr_db / 20)
    mixed = (wave + loud * noise).clip(-32000, 32000).astype(np.int16)
    return Sound(samples=mixed, sample_rate_hz=sound.sample_rate_hz)


def show(name: str, sound: Sound, by_phones: np.ndarray | None) -> None:
    """Print what one sound does."""
    share = voicing_of(sound.samples, sound.sample_rate_hz).share
    try:
        track = listening.mouth_track(sound.samples, sound.sample_rate_hz, sound.duration_s, FPS)
    except errors.NoSpeechFound:
        print(f"{name:<34} {share:>6.2f}  no speech")
        return
    r = "" if by_phones is None else f"{np.corrcoef(track.gap, by_phones)[0, 1]:>8.2f}"
    print(f"{name:<34} {share:>6.2f} {track.gap.mean():>9.3f} {r}")


def show_film(film: Path, mesh: MediaPipeMesh) -> None:
    """Print how well the driver agrees with real lips."""
    real = filmed_lips.filmed_lips(film, mesh)
    sound = real.sound
    track = listening.mouth_track(sound.samples, sound.sample_rate_hz, sound.duration_s, FPS)
    gap = filmed_lips.agreement(track.gap, real.gap)
    width = filmed_lips.agreement(track.width, real.width)
    print(f"{film.name:<34} {gap:>12.2f} {width:>15.2f}")


if __name__ == "__main__":
    main()
