"""espeak-ng through ctypes: words to phonemes, text to sound with the time of every phoneme.

Runs in the speech child only. espeak-ng is GPL-3.0-or-later and keeps its state in globals of the
process, so it lives in a process of its own and talks to the rest over a pipe; nothing of Bolti
links to it. The library and its data come from the package ``espeakng_loader``. Numbers below are
those of espeak-ng's public header ``speak_lib.h`` (1.52).

Knows no accent, no file, no level. One ``Espeak`` per process.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from pipeline import errors

SYNCHRONOUS = 2
PHONEME_EVENTS, PHONEMES_AS_IPA, DO_NOT_EXIT = 0x0001, 0x0002, 0x8000
POSITION_IN_CHARACTERS = 1
UTF8, BRACKETS_ARE_PHONEMES = 0x01, 0x100
RATE, PITCH, RANGE = 1, 3, 4
END_OF_LIST, WORD, PHONEME = 0, 1, 7
SEPARATOR = ord("_") << 8


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEvent:
    """A word begins: its first character in the text, counted from 1, and its first sample."""

    position: int
    sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneEvent:
    """A phoneme begins: its IPA as espeak writes it, empty for silence, and its first sample."""

    ipa: str
    sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What one call of espeak-ng spoke."""

    samples: NDArray[np.int16]
    words: tuple[WordEvent, ...]
    phones: tuple[PhoneEvent, ...]


class Espeak:
    """The one espeak-ng of this process."""

    def __init__(self) -> None:
        try:
            self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as e:
            raise errors.SpeechUnavailable("embedded", "espeak-ng cannot be loaded") from e
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.sample_rate_hz: int = self._library.espeak_Initialize(
            SYNCHRONOUS,
            0,
            espeakng_loader.get_data_path().encode(),
            PHONEME_EVENTS | PHONEMES_AS_IPA | DO_NOT_EXIT,
        )
        if self.sample_rate_hz <= 0:
            raise errors.SpeechUnavailable("embedded", "espeak-ng cannot find its data")
        self._callback = _Callback(self._hear)  # a reference must outlive the library's use of it
        self._library.espeak_SetSynthCallback(self._callback)
        self._sound = bytearray()
        self._words: list[WordEvent] = []
        self._phones: list[PhoneEvent] = []

    def mnemonics(self, word: str, table: str = "en") -> str:
        """Give the phonemes of a word as ASCII mnemonics, separated by ``_`` and spaces."""
        self._choose(table)
        rest = ctypes.c_char_p(word.encode())
        parts: list[str] = []
        while rest.value is not None:
            part: bytes = self._library.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, SEPARATOR)
            parts.append(part.decode())
        return " ".join(parts)

    def speak(
        self, text: str, *, voice: str, words_per_minute: int, pitch: int, intonation: int
    ) -> Take:
        """Speak a text in which ``[[…]]`` holds mnemonics of the voice's own table."""
        self._choose(voice)
        for parameter, value in ((RATE, words_per_minute), (PITCH, pitch), (RANGE, intonation)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._sound, self._words, self._phones = bytearray(), [], []
        encoded = text.encode()
        status = self._library.espeak_Synth(
            encoded,
            ctypes.c_size_t(len(encoded) + 1),
            0,
            POSITION_IN_CHARACTERS,
            0,
            ctypes.c_uint(UTF8 | BRACKETS_ARE_PHONEMES),
            None,
            None,
        )
        if status != 0:
            raise errors.SpeechUnavailable("embedded", f"espeak-ng answered {status}")
        self._library.espeak_Synchronize()
        return Take(
            samples=np.frombuffer(bytes(self._sound), np.int16),
            words=tuple(self._words),
            phones=tuple(self._phones),
        )

    def _choose(self, voice: str) -> None:
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise errors.SpeechUnavailable("embedded", f"espeak-ng has no voice '{voice}'")

    def _hear(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._sound += ctypes.string_at(samples, count * 2)
        at = 0
        while (event := events[at]).type != END_OF_LIST:
            at += 1
            if event.type == WORD:
                self._words.append(WordEvent(position=event.text_position, sample=event.sample))
            elif event.type == PHONEME:
                # Eight bytes, padded with NUL; a longer name is cut, perhaps inside a character.
                ipa = bytes(event.id.string).split(b"\0")[0].decode(errors="ignore")
                self._phones.append(PhoneEvent(ipa=ipa, sample=event.sample))
        return 0
