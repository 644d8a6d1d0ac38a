"""Sentences -> a WAV and the time of every word and phone. The work of the speech child.

Each sentence is cut by writing system, each piece is spoken by the table that can read it, and the
pieces are laid on one tape with pauses between them. Silence at both ends lets the mouth start and
end closed. Knows no pipe and no settings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline import errors
from pipeline.speech.espeak import Espeak, Take
from pipeline.speech.letters import has_indic, runs
from pipeline.speech.loudness import levelled
from pipeline.speech.phrase import Phrase, phrases
from pipeline.speech.request import PhonesAnswer, PhonesRequest, SpeakAnswer, SpeakRequest
from pipeline.speech.timings import phones_of, words_of
from pipeline.speech.wav import write_wav
from pipeline.types import Timing

LEAD_IN_S, TAIL_S = 0.25, 0.35
SENTENCE_PAUSE_S, CLAUSE_PAUSE_S = 0.30, 0.15
INTONATION = 55
USUAL_RATE, USUAL_PITCH = 150, 50
REMEMBERED_WORDS = 20_000


class Speaker:
    """Speaks with the one espeak-ng of this process; remembers the phonemes of English words."""

    def __init__(self, espeak: Espeak) -> None:
        self._espeak = espeak
        self._phonemes: dict[str, str] = {}
        self._words: dict[tuple[str, str, bool], tuple[Timing, ...]] = {}

    def speak(self, request: SpeakRequest) -> SpeakAnswer:
        """Write the speech to ``request.into`` and give its timings.

        Raises ``ScriptEmpty`` when nothing sounds, ``ScriptTooLong`` beyond ``request.max_s``,
        ``DiskFull``; then no file is left.
        """
        tape = Tape(self._espeak.sample_rate_hz)
        tape.rest(LEAD_IN_S)
        for at, sentence in enumerate(request.sentences):
            if at:
                tape.rest(SENTENCE_PAUSE_S)
            self._say(sentence, request, tape)
            if tape.duration_s + TAIL_S > request.max_s:
                raise errors.ScriptTooLong(_expected_s(tape, request, at + 1), request.max_s)
        tape.rest(TAIL_S)
        if not any(phone.text for phone in tape.phones):
            raise errors.ScriptEmpty
        samples = levelled(np.concatenate(tape.sound), tape.sample_rate_hz)
        write_wav(request.into, samples, tape.sample_rate_hz)
        return SpeakAnswer(
            duration_s=tape.duration_s,
            sample_rate_hz=tape.sample_rate_hz,
            words=tuple(tape.words),
            phones=tuple(tape.phones),
        )

    def phones(self, request: PhonesRequest) -> PhonesAnswer:
        """Give the phones of each word as it sounds by itself, silence around it left out."""
        english_digits = not has_indic(" ".join(request.words))
        spoken = tuple(self._alone(w, request.table, english_digits) for w in request.words)
        return PhonesAnswer(phones=spoken)

    def _alone(self, word: str, table: str, english_digits: bool) -> tuple[Timing, ...]:
        key = (word, table, english_digits)
        if key not in self._words:
            if len(self._words) >= REMEMBERED_WORDS:
                self._words.clear()
            tape = Tape(self._espeak.sample_rate_hz)
            for piece, piece_table in runs(word, table):
                for phrase in phrases(
                    piece,
                    table=piece_table,
                    english_digits=english_digits,
                    phonemes=self._phonemes_of,
                ):
                    take = self._espeak.speak(
                        phrase.text,
                        voice=piece_table,
                        words_per_minute=USUAL_RATE,
                        pitch=USUAL_PITCH,
                        intonation=INTONATION,
                    )
                    tape.add(take, phrase)
            sounding = [phone for phone in tape.phones if phone.text]
            start_s = sounding[0].start_s if sounding else 0.0
            self._words[key] = tuple(_moved(phone, -start_s) for phone in sounding)
        return self._words[key]

    def _say(self, sentence: str, request: SpeakRequest, tape: Tape) -> None:
        english_digits = not has_indic(sentence)
        for piece, table in runs(sentence, request.table):
            cut = phrases(
                piece,
                table=table,
                english_digits=english_digits,
                phonemes=self._phonemes_of,
            )
            for phrase in cut:
                take = self._espeak.speak(
                    phrase.text,
                    voice=f"{table}+{request.variant}" if request.variant else table,
                    words_per_minute=request.words_per_minute,
                    pitch=request.pitch,
                    intonation=INTONATION,
                )
                tape.add(take, phrase)
            if piece.rstrip().endswith((",", ";", ":", "—")):
                tape.rest(CLAUSE_PAUSE_S)

    def _phonemes_of(self, word: str) -> str:
        # By the word as written: "US" and "us" are spoken differently.
        if word not in self._phonemes:
            self._phonemes[word] = self._espeak.mnemonics(word)
        return self._phonemes[word]


class Tape:
    """Sound laid end to end, with the times of its words and phones."""

    def __init__(self, sample_rate_hz: int) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.sound: list[NDArray[np.int16]] = []
        self.words: list[Timing] = []
        self.phones: list[Timing] = []
        self._length = 0

    @property
    def duration_s(self) -> float:
        """How long the tape is by now."""
        return self._length / self.sample_rate_hz

    def rest(self, pause_s: float) -> None:
        """Add silence."""
        start_s = self.duration_s
        self._append(np.zeros(round(pause_s * self.sample_rate_hz), np.int16))
        self._add_phone(Timing(start_s=start_s, end_s=self.duration_s, text=""))

    def add(self, take: Take, phrase: Phrase) -> None:
        """Add what was spoken, its times moved to where it lies on the tape."""
        start_s = self.duration_s
        self._append(take.samples)
        phones = phones_of(take, self.sample_rate_hz)
        words = words_of(take, phrase.words, phones, self.sample_rate_hz)
        for phone in phones:
            self._add_phone(_moved(phone, start_s))
        self.words += [_moved(word, start_s) for word in words]

    def _append(self, samples: NDArray[np.int16]) -> None:
        self.sound.append(samples)
        self._length += len(samples)

    def _add_phone(self, phone: Timing) -> None:
        if self.phones and phone.text == self.phones[-1].text == "":
            phone = Timing(start_s=self.phones.pop().start_s, end_s=phone.end_s, text="")
        self.phones.append(phone)


def _moved(timing: Timing, by_s: float) -> Timing:
    return Timing(start_s=timing.start_s + by_s, end_s=timing.end_s + by_s, text=timing.text)


def _expected_s(tape: Tape, request: SpeakRequest, spoken: int) -> float:
    """Guess the length of the whole from the part that was spoken."""
    lengths = [len(s) for s in request.sentences]
    return tape.duration_s * sum(lengths) / sum(lengths[:spoken])
