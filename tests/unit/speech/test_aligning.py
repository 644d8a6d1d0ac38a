"""Two sounds of the same words are laid along each other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.speech.aligning import Heard, aligned
from pipeline.types import Timing

RATE_HZ = 16_000
FORMANTS_HZ = {"a": (800, 1300), "i": (300, 2300), "u": (350, 800), "e": (500, 1800)}


def said(phones: str, lengths_s: list[float], pitch_hz: float) -> tuple[Heard, list[Timing]]:
    """Sound some vowels one after the other; ``-`` is a pause."""
    parts, timings, now = list[np.ndarray](), list[Timing](), 0.0
    for phone, length_s in zip(phones, lengths_s, strict=True):
        time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
        wave = np.zeros(len(time_s))
        for hertz in np.arange(pitch_hz, 3500, pitch_hz):
            for formant in FORMANTS_HZ.get(phone, ()):
                wave += np.exp(-(((hertz - formant) / 120) ** 2)) * np.sin(
                    2 * np.pi * hertz * time_s
                )
        parts.append(wave)
        timings.append(
            Timing(start_s=now, end_s=now + length_s, text="" if phone == "-" else phone)
        )
        now += length_s
    wave = np.concatenate(parts)
    samples = (5000 * wave / np.abs(wave).max()).astype(np.int16)
    return Heard(samples=samples, sample_rate_hz=RATE_HZ), timings


REFERENCE = said("-aiu-eau-", [0.3, 0.2, 0.15, 0.2, 0.4, 0.2, 0.2, 0.2, 0.3], 110)


def test_phones_are_found_where_another_voice_says_them_at_another_speed() -> None:
    recording, truth = said("-aiu-eau-", [0.1, 0.3, 0.1, 0.3, 0.8, 0.15, 0.3, 0.25, 0.2], 190)

    found = aligned(recording, REFERENCE[0])

    assert found.fits
    moved = found.phones(REFERENCE[1], 2.5)
    spoken = [phone for phone in moved if phone.text]
    wanted = [phone for phone in truth if phone.text]
    assert [phone.text for phone in spoken] == list("aiueau")
    for phone, true in zip(spoken, wanted, strict=True):
        assert phone.start_s == pytest.approx(true.start_s, abs=0.04)
        assert phone.end_s == pytest.approx(true.end_s, abs=0.04)


def test_the_pauses_are_those_of_the_recording() -> None:
    recording, _ = said("aiu-eau", [0.2, 0.2, 0.2, 1.0, 0.2, 0.2, 0.2], 150)

    phones = aligned(recording, REFERENCE[0]).phones(REFERENCE[1], 2.2)

    (pause,) = (phone for phone in phones[1:-1] if not phone.text)
    assert pause.start_s == pytest.approx(0.6, abs=0.05)
    assert pause.end_s == pytest.approx(1.6, abs=0.05)


def test_phones_follow_each_other_without_a_hole_to_the_end() -> None:
    recording, _ = said("aiu-eau", [0.2, 0.2, 0.2, 0.5, 0.2, 0.2, 0.2], 150)

    phones = aligned(recording, REFERENCE[0]).phones(REFERENCE[1], 1.7)

    assert phones[-1].end_s == pytest.approx(1.7)
    for before, after in pairwise(phones):
        assert after.start_s == pytest.approx(before.end_s)


def test_a_sound_lies_along_itself() -> None:
    found = aligned(REFERENCE[0], REFERENCE[0])

    assert found.cost == pytest.approx(0.0, abs=1e-3)
    assert np.abs(found.recording_s - found.reference_s).max() < 0.011
