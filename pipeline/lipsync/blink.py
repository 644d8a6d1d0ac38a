"""When the eyes close, and how far: one number per frame.

Knows time only; how a lid looks is ``eyelid.py``'s. The shape was read off a person who talks for
ten seconds and blinks ten times: shut within two frames, shut for one or two, open again slowly.
"""

from __future__ import annotations

import numpy as np

from pipeline.lipsync.track import Curve

CLOSING_S, SHUT_S, OPENING_S = 0.07, 0.05, 0.26
BLINK_S = CLOSING_S + SHUT_S + OPENING_S
FIRST_S = (0.8, 2.0)
"""The first blink comes within this range."""
SHORTEST_S, LONGEST_S = 1.6, 7.0
GAMMA_SHAPE = 4.0


def blink_track(frames: int, fps: int, mean_interval_s: float, rng: np.random.Generator) -> Curve:
    """Return how far the lids are down in each frame, 0 to 1; open in the first and the last."""
    closed = np.zeros(frames)
    time_s = np.arange(frames) / fps
    start_s = rng.uniform(*FIRST_S)
    while start_s + BLINK_S < time_s[-1]:
        closed = np.maximum(closed, closing(time_s - start_s))
        wait_s = rng.gamma(GAMMA_SHAPE, mean_interval_s / GAMMA_SHAPE)
        start_s += float(np.clip(wait_s, SHORTEST_S, LONGEST_S))
    return closed


def closing(since_s: Curve) -> Curve:
    """Return how far the lids are down so long after a blink began, 0 to 1."""
    down = np.clip(since_s / CLOSING_S, 0.0, 1.0)
    up = np.clip((since_s - CLOSING_S - SHUT_S) / OPENING_S, 0.0, 1.0)
    result: Curve = down * down * (3.0 - 2.0 * down) * (1.0 - up) ** 2
    return result
