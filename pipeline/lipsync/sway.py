"""How a head moves while its owner talks: slow drifts, and nods with the voice.

Knows time and loudness; how a picture of a head moves is ``head.py``'s. Everything starts and ends
at rest, so a clip begins and ends on the photo and can be looped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.track import Curve, smooth

AXES = ("yaw", "pitch", "roll", "across", "down")
"""Columns of a track: three angles in radians, two shifts in E."""
DRIFT = np.array([np.radians(2.2), np.radians(1.5), np.radians(0.8), 0.010, 0.008])
DRIFT_HZ = np.array([0.16, 0.21, 0.13, 0.11, 0.17])
OVERTONES, STRENGTHS = (1.0, 1.73, 2.9), (0.6, 0.3, 0.15)
"""Drifts are sums of three sines that never quite repeat."""
NOD = np.array([0.0, np.radians(-3.0), np.radians(0.6), 0.0, 0.03])
"""Per unit of emphasis: a stressed syllable dips the head."""
REST_FRAMES = 10
"""Motion grows and dies over so many frames."""
QUICK_S, SLOW_S = 0.080, 0.560
"""A stress is what is louder than its surroundings: the difference of two blurs."""
HOP_S, QUIETEST_DB = 0.010, 35.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadTrack:
    """The head over time: (frames, 5), see ``AXES``."""

    rows: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)


def head_track(emphasis: Curve, fps: int, amount: float, rng: np.random.Generator) -> HeadTrack:
    """Drift and nod, ``amount`` times as much as a lively speaker; one row per frame."""
    frames = len(emphasis)
    time_s = np.arange(frames) / fps
    phases = rng.uniform(0, 2 * np.pi, (len(OVERTONES), len(AXES)))
    drift = np.zeros((frames, len(AXES)))
    for tone, strength, phase in zip(OVERTONES, STRENGTHS, phases, strict=True):
        drift += strength * np.sin(2 * np.pi * tone * DRIFT_HZ * time_s[:, None] + phase)
    wish = drift * DRIFT + emphasis[:, None] * NOD
    return HeadTrack(rows=(amount * wish * at_rest(frames)[:, None]).astype(np.float32))


def at_rest(frames: int) -> Curve:
    """Return 0 in the first and last frame and 1 from the tenth on, smoothly."""
    index = np.arange(frames)
    ramp = np.clip(np.minimum(index, index[::-1]) / REST_FRAMES, 0.0, 1.0)
    return ramp * ramp * (3.0 - 2.0 * ramp)


def emphasis(samples: NDArray[np.int16], rate_hz: int, frames: int, fps: int) -> Curve:
    """Return how much louder than its surroundings a mono sound is, about -0.5 to 0.5."""
    hop = max(1, round(HOP_S * rate_hz))
    count = max(1, -(-len(samples) // hop))
    padded = np.zeros(count * hop)
    padded[: len(samples)] = samples / 32768.0
    power = (padded.reshape(count, hop) ** 2).mean(axis=1)
    level_db = 10 * np.log10(np.maximum(power, 1e-9))
    loud = np.clip((level_db - level_db.max()) / QUIETEST_DB + 1, 0, 1)
    stress = smooth(loud, QUICK_S / HOP_S) - smooth(loud, SLOW_S / HOP_S)
    when = (np.arange(frames) + 0.5) / fps / (hop / rate_hz)
    result: Curve = np.interp(when, np.arange(count) + 0.5, stress, right=0.0)
    return result
