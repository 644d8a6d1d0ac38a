"""Driver B: phones and their times move the mouth. Preferred whenever they are known.

The table was made with espeak's English, Russian and Uzbek phones and holds the retroflex and
dental ones of Indian voices too. Knows IPA; knows no sound and no picture. A phone that is missing
goes into ``_SHAPES``; unknown phones move the mouth like a schwa.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.lipsync.layers import smoothstep
from pipeline.lipsync.track import (
    LEAD_S,
    Curve,
    MouthTrack,
    faded,
    frame_count,
    frame_times,
    smooth,
)
from pipeline.types import Timing

RATE_HZ = 200
"""Ticks of the time line that shapes are laid out on."""

# phones: gap, width, up, rounding, press, tongue; lengths in E
_SHAPES: dict[str, tuple[float, float, float, float, float, float]] = {
    "a aː ɑ ɑː ɐ æ ʌ": (0.155, 0.012, 0.004, 0.0, 0.0, 0.0),
    "ɛ e eː ɜ ɜː œ": (0.105, 0.03, 0.006, 0.0, 0.0, 0.1),
    "i iː ɪ ᵻ ɨ j": (0.058, 0.055, 0.008, 0.0, 0.0, 0.3),
    "y ø ʏ": (0.05, -0.055, 0.0, 0.015, 0.0, 0.2),
    "ə ɚ": (0.08, 0.0, 0.0, 0.0, 0.0, 0.1),
    "ɔ ɔː o oː ɒ": (0.125, -0.045, 0.0, 0.014, 0.0, 0.0),
    "u uː ʊ": (0.055, -0.075, 0.0, 0.02, 0.0, 0.0),
    "w ʍ": (0.035, -0.085, 0.0, 0.022, 0.0, 0.0),
    "p b m": (0.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    "f v ʋ ɱ": (0.022, 0.005, 0.022, 0.0, 0.0, 0.0),
    "θ ð": (0.05, 0.01, 0.006, 0.0, 0.0, 1.0),
    "t d n ɾ ɲ ʈ ɖ ɳ": (0.048, 0.015, 0.004, 0.0, 0.0, 0.8),
    "l ɭ ɫ": (0.062, 0.012, 0.003, 0.0, 0.0, 1.0),
    "s z ts dz": (0.038, 0.03, 0.010, 0.0, 0.0, 0.4),
    "ʃ ʒ tʃ dʒ ɕ ʂ ʐ ɟ": (0.046, -0.04, 0.014, 0.016, 0.0, 0.3),
    "ɹ r ʁ ʀ ɻ ɽ": (0.055, -0.02, 0.004, 0.008, 0.0, 0.3),
    "k ɡ g ŋ x χ ɣ q h ɦ ç ʔ": (0.065, 0.0, 0.0, 0.0, 0.0, 0.1),
}
_TABLE = {phone: shape for phones, shape in _SHAPES.items() for phone in phones.split()}
_SILENCE = (0.0,) * 6
_UNKNOWN = _TABLE["ə"]
_SMOOTHING_S = (0.032, 0.050, 0.035, 0.050, 0.018, 0.030)
_LIVELY = 1.12
"""Makes up for what smoothing takes from the gap."""
_SHORT_SILENCE_S = 0.120
_BILABIALS = frozenset("pbm")
_LABIODENTALS = frozenset("fvʋɱ")
_MODIFIERS = str.maketrans("", "", "ˈˌʲʰʷ")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    start_s: float
    end_s: float
    phone: str
    shape: tuple[float, ...]


def mouth_track(phones: Sequence[Timing], duration_s: float, fps: int) -> MouthTrack:
    """Move the mouth through the phones of a speech, one row per frame."""
    targets = _targets(phones)
    lines = _time_lines(targets, duration_s)
    lines[0] *= _notches(targets, len(lines[0]))
    ticks = np.clip(np.round(frame_times(duration_s, fps) * RATE_HZ), 0, len(lines[0]) - 1)
    gap, width, up, rounding, press, tongue = lines[:, ticks.astype(np.intp)]
    track = MouthTrack(gap=gap, width=width, up=up, rounding=rounding, press=press, tongue=tongue)
    return faded(_snapped(track, targets, duration_s, fps))


def is_bilabial(phone: str) -> bool:
    """Tell whether the lips must touch for this phone."""
    return phone.translate(_MODIFIERS)[:1] in _BILABIALS


def closing_frame(phone: Timing, duration_s: float, fps: int) -> int:
    """Return the frame that shows the middle of a phone, lead included."""
    middle_s = (phone.start_s + phone.end_s) / 2
    return int(
        np.clip(round((middle_s - LEAD_S) * fps - 0.5), 0, frame_count(duration_s, fps) - 1)
    )


def _targets(phones: Sequence[Timing]) -> list[_Target]:
    """Turn phones into shapes: modifiers merged into the phone before, diphthongs split."""
    targets: list[_Target] = []
    for phone in phones:
        plain = phone.text.translate(_MODIFIERS).strip()
        if phone.text.strip() and not plain and targets:
            targets[-1] = replace(targets[-1], end_s=phone.end_s)
            continue
        parts = _parts(plain) or [("", _SILENCE)]
        length_s = (phone.end_s - phone.start_s) / len(parts)
        for i, (name, shape) in enumerate(parts):
            start_s = phone.start_s + i * length_s
            targets.append(
                _Target(start_s=start_s, end_s=start_s + length_s, phone=name, shape=shape)
            )
    return targets


def _parts(plain: str) -> list[tuple[str, tuple[float, ...]]]:
    """Split one event into the phones that it holds: the longest known prefix first."""
    parts: list[tuple[str, tuple[float, ...]]] = []
    rest = plain
    while rest:
        known = next((rest[:n] for n in (2, 1) if rest[:n] in _TABLE), None)
        if known is not None:
            parts.append((known, _TABLE[known]))
        rest = rest[len(known) if known else 1 :]
    if plain and not parts:
        return [("ə", _UNKNOWN)]
    return parts


def _time_lines(targets: Sequence[_Target], duration_s: float) -> Curve:
    """Lay the shapes out in time and smooth them: (6, ticks)."""
    ticks = int((max([duration_s, *(t.end_s for t in targets)]) + 0.5) * RATE_HZ)
    lines = np.zeros((6, ticks))
    before: tuple[float, ...] = _SILENCE
    for target in targets:
        shape = target.shape
        is_pause = not target.phone
        if is_pause and target.end_s - target.start_s < _SHORT_SILENCE_S:
            shape = tuple(0.6 * value for value in before)
        span = slice(round(target.start_s * RATE_HZ), round(target.end_s * RATE_HZ))
        lines[:, span] = np.array(shape)[:, None]
        before = shape
    lines[0] *= _LIVELY
    return np.stack(
        [smooth(line, s * RATE_HZ) for line, s in zip(lines, _SMOOTHING_S, strict=True)]
    )


def _notches(targets: Sequence[_Target], ticks: int) -> Curve:
    """Return what the gap is multiplied with: 0 in the middle of p, b, m, with flanks of 60 ms."""
    open_to = np.ones(ticks)
    seconds = np.arange(ticks) / RATE_HZ
    for target in targets:
        if target.phone in _BILABIALS:
            middle_s = (target.start_s + target.end_s) / 2
            flat_s = max(0.025, 0.7 * (target.end_s - target.start_s) / 2)
            away_s = np.abs(seconds - middle_s) - flat_s
            flank = np.where(away_s > 0, np.maximum(0.03, smoothstep(away_s / 0.06)), 0.0)
            open_to = np.minimum(open_to, flank)
    return open_to


def _snapped(
    track: MouthTrack, targets: Sequence[_Target], duration_s: float, fps: int
) -> MouthTrack:
    """Close the frame nearest to each p, b, m: closures of 40 ms else fall between frames."""
    gap, up, press = track.gap.copy(), track.up.copy(), track.press.copy()
    rounding = track.rounding.copy()
    for target in targets:
        timing = Timing(start_s=target.start_s, end_s=target.end_s, text=target.phone)
        frame = closing_frame(timing, duration_s, fps)
        if target.phone in _BILABIALS:
            gap[frame] = up[frame] = rounding[frame] = 0.0
            press[frame] = 1.0
        elif target.phone in _LABIODENTALS:
            gap[frame] = min(gap[frame], 0.025)
            up[frame] = max(up[frame], 0.018)
    press = np.where(gap < 0.02, press, 0.0)
    return replace(track, gap=gap, up=up, press=press, rounding=rounding)
