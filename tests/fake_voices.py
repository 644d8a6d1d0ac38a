"""Fakes of speech: voices that are offered, and a desk for recordings that obeys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import errors
from pipeline.speech.transcribing import Transcript
from pipeline.types import Speech, Voice


class FakeSpeaker:
    """Offers what the test put there, and says nothing."""

    def __init__(self, offered: Iterable[Voice]) -> None:
        self.offered = list(offered)

    async def voices(self) -> Sequence[Voice]:
        """List them."""
        return self.offered


@dataclass
class FakeRecordings:
    """A desk for recordings that obeys: each has ``seconds`` of speech, and says ``words``."""

    no_words_because: str | None = "there is nobody"
    seconds: float | errors.BoltiError = 8.0
    words: str | errors.BoltiError = "Good morning to all."
    checked: list[tuple[bool, bool]] = field(default_factory=list)
    """Whether each recording was to be cut, and cleaned."""

    async def check(
        self, source: Path, into: Path, *, cut: bool = False, clean: bool = False
    ) -> Speech:
        """Copy the file and say how long it is; one that is too long fits when it is cut."""
        self.checked.append((cut, clean))
        is_cut = cut and isinstance(self.seconds, errors.SoundTooLong)
        seconds = 60.0 if is_cut else self.seconds
        if isinstance(seconds, errors.BoltiError):
            raise seconds
        into.write_bytes(source.read_bytes())
        return Speech(
            path=into,
            duration_s=seconds,
            sample_rate_hz=48_000,
            provider="recorded",
            voice_id=None,
        )

    async def transcribe(self, recording: Path) -> Transcript:
        """Say the words, if there is a recording."""
        assert recording.is_file()
        if isinstance(self.words, errors.BoltiError):
            raise self.words
        return Transcript(text=self.words, language="en")
