"""What the parent asks of the speech child and what it answers: plain values, checked twice.

Their errors never show a value, because the values hold the script.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.child import Message
from pipeline.types import Timing

_EXACT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequest:
    """Sentences to be spoken into a file."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    sentences: tuple[str, ...]
    """Clean text, cut by ``text.sentences``."""
    into: Path
    table: str
    """espeak-ng's voice: hi, ta, …"""
    variant: str
    """espeak-ng's voice variant: f2, m3, …; empty for none."""
    words_per_minute: int
    pitch: int
    """0 to 99; 50 is the voice's own."""
    max_s: float
    """Longest speech; beyond it nothing is written."""
    kind: Literal["speak"] = "speak"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonesRequest:
    """Words whose phones are wanted, each by itself, without a sound."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    words: tuple[str, ...]
    table: str
    """espeak-ng's voice that reads them; English goes with `hi`."""
    kind: Literal["phones"] = "phones"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonesAnswer:
    """The phones of each word, in seconds from its first one; empty where there are none."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    phones: tuple[tuple[Timing, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakAnswer:
    """What was spoken, in seconds from the file's first sample."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    duration_s: float
    sample_rate_hz: int
    words: tuple[Timing, ...]
    phones: tuple[Timing, ...]


Request = SpeakRequest | PhonesRequest
Answer = SpeakAnswer | PhonesAnswer

_REQUEST: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="kind")])
_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
_SPEAK_ANSWER = TypeAdapter(SpeakAnswer)
_PHONES_ANSWER = TypeAdapter(PhonesAnswer)
_T = TypeVar("_T")


def write_request(request: Request) -> Message:
    """Make a request ready for the pipe."""
    message: Message = _REQUEST.dump_python(request, mode="json")
    return message


def read_request(message: Message) -> Request:
    """Check what came over the pipe. Raises ``ValueError`` that names fields, never values."""
    return _checked(_REQUEST, message)


def write_answer(answer: Answer) -> Message:
    """Make an answer ready for the pipe."""
    message: Message = _ANSWER.dump_python(answer, mode="json")
    return message


def read_answer(message: Message) -> SpeakAnswer:
    """Check what came over the pipe. Raises ``ValueError`` that names fields, never values."""
    return _checked(_SPEAK_ANSWER, message)


def read_phones(message: Message) -> PhonesAnswer:
    """Check what came over the pipe. Raises ``ValueError`` that names fields, never values."""
    return _checked(_PHONES_ANSWER, message)


def _checked(kind: TypeAdapter[_T], message: Message) -> _T:
    try:
        return kind.validate_python(message)
    except ValidationError as e:
        fields = sorted({str(error["loc"][0]) for error in e.errors() if error["loc"]})
    # Raised out here, so that pydantic's own text, which shows the values, is not its context.
    raise ValueError(f"These fields do not fit: {', '.join(fields)}")
