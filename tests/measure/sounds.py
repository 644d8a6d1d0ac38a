"""Sounds that are no speech, and one that is like it: made, so that nobody's recording is needed.

Music here is tones with the envelopes and overtones of instruments: steady notes, as music is made
of. Mono, 16 kHz, 16-bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
Sound = NDArray[np.int16]
Wave = NDArray[np.float64]

MAJOR = (0, 2, 4, 5, 7, 9, 11, 12)


def pcm(wave: Wave, level: float = 2500.0) -> Sound:
    """Bring a wave to a level (rms) of 16-bit samples."""
    scaled = level * wave / max(1e-9, float(np.sqrt(np.mean(wave**2))))
    return scaled.clip(-32000, 32000).astype(np.int16)


def no_speech() -> dict[str, Wave]:
    """Return eight seconds of each kind of sound that must not move a mouth."""
    time_s = np.arange(8 * RATE_HZ) / RATE_HZ
    noise = np.random.default_rng(1).normal(size=len(time_s))
    tone = np.sin(2 * np.pi * 440 * time_s)
    hum = sum(np.sin(2 * np.pi * 50 * h * time_s) / h for h in (1, 2, 3, 4, 6))
    return {
        "tone": tone,
        "tone between silences": tone * (np.abs(time_s - 4) < 2.5),
        "beeps": np.sin(2 * np.pi * 1000 * time_s) * ((time_s % 0.5) < 0.25),
        "white noise": noise,
        "gusts of noise": noise * (1 + 0.9 * np.sin(2 * np.pi * 0.7 * time_s)),
        "hum": np.asarray(hum),
        "hum and hiss": np.asarray(hum) + 0.02 * noise,
        "piano": melody("piano"),
        "piano chords": melody("piano", (0, 4, 7)),
        "organ chords": melody("organ", (0, 4, 7)),
        "flute": melody("flute"),
        "violin": melody("violin"),
        "drums": drums(),
        "band": drums() + 0.8 * melody("piano", (0, 4, 7)) + 0.7 * melody("violin"),
    }


def speechlike(rate_hz: int = RATE_HZ, level: float = 6000.0) -> Sound:
    """Five syllables of 0.2 s, 0.2 s apart: a gliding pitch under two formants that move."""
    time_s = np.arange(int(2.4 * rate_hz)) / rate_hz
    inside = (time_s % 0.4 - 0.2) / 0.2
    pitch_hz = 120 + 25 * inside + 8 * np.sin(2 * np.pi * 0.6 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / rate_hz
    first_hz, second_hz = 450 + 350 * inside, 1900 - 700 * inside
    wave = np.zeros(len(time_s))
    for harmonic in range(1, 28):
        hertz = harmonic * pitch_hz
        power = np.exp(-(((hertz - first_hz) / 150) ** 2))
        power += 0.5 * np.exp(-(((hertz - second_hz) / 220) ** 2))
        wave += np.where(hertz < 0.45 * rate_hz, power, 0.0) * np.sin(harmonic * phase)
    on = (inside > 0) & (time_s > 0.2) & (time_s < 2.2)
    result: Sound = (level * on * wave / np.abs(wave).max()).astype(np.int16)
    return result


def melody(instrument: str, chord: tuple[int, ...] = (0,)) -> Wave:
    """Play twenty notes of a scale in eight seconds."""
    steps = np.random.default_rng(0).choice(MAJOR, 20)
    whole = np.zeros(9 * RATE_HZ)
    for number, step in enumerate(steps):
        for above in chord:
            note = _note(220 * 2 ** ((step + above) / 12), 0.4, instrument)
            start = int(0.4 * number * RATE_HZ)
            whole[start : start + len(note)] += note
    return whole[: 8 * RATE_HZ]


def drums() -> Wave:
    """Beat four strokes a second."""
    random = np.random.default_rng(3)
    time_s = np.arange(int(0.3 * RATE_HZ)) / RATE_HZ
    whole = np.zeros(9 * RATE_HZ)
    for number in range(32):
        stroke = np.exp(-20 * time_s) * random.normal(size=len(time_s))
        if number % 4 == 0:
            stroke = np.exp(-25 * time_s) * np.sin(2 * np.pi * 70 * time_s)
        start = int(0.25 * number * RATE_HZ)
        whole[start : start + len(stroke)] += stroke
    return whole[: 8 * RATE_HZ]


def _note(hertz: float, length_s: float, instrument: str) -> Wave:
    time_s = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    swell = np.minimum(1.0, np.minimum(time_s, length_s - time_s) / 0.03)
    vibrato = 0.012 * np.sin(2 * np.pi * 5.5 * time_s) if instrument == "violin" else 0.0
    phase = 2 * np.pi * np.cumsum(hertz * (1 + vibrato) * np.ones(len(time_s))) / RATE_HZ
    overtones = range(1, 3 if instrument == "flute" else 9)
    note = np.zeros(len(time_s))
    for h in overtones:
        fading = np.exp(-time_s * (2 + 0.8 * h)) if instrument == "piano" else swell
        note += fading * np.sin(h * phase) / h
    return note
