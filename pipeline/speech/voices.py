"""The lists of voices in ``config/voices.toml``, read and checked, and who can stand in for whom.

Knows the file's shape and nothing of how a voice sounds. A new provider adds its own list to the
file and a reader here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Protocol, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from pipeline import errors
from pipeline.settings import OpenAISettings
from pipeline.types import Voice, VoiceId

VOICES_FILE = Path(__file__).resolve().parents[2] / "config" / "voices.toml"
Gender = Literal["female", "male"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedVoice:
    """A voice of espeak-ng."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: VoiceId
    locale: str
    gender: Gender
    label: str
    table: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    """espeak-ng's own voice, which reads the script: hi, ta, …"""
    variant: Annotated[str, Field(pattern=r"^[A-Za-z0-9]*$")]
    """espeak-ng's voice variant: f2, m3, …; empty for none."""

    def shown(self) -> Voice:
        """Give what a person chooses from."""
        return Voice(
            id=self.id,
            provider="embedded",
            locale=self.locale,
            gender=self.gender,
            label=self.label,
            quality="basic",
            online=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeVoice:
    """A read-aloud voice of Microsoft Edge, by the name that the service knows."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: Annotated[VoiceId, Field(pattern=r"^[a-z]{2,3}-[A-Z]{2}-[A-Za-z]+Neural$")]
    locale: str
    gender: Gender
    label: str
    names: Mapping[str, str] = field(default_factory=dict)
    """What it is called in other languages of the bot."""

    def shown(self) -> Voice:
        """Give what a person chooses from."""
        return Voice(
            id=self.id,
            provider="edge",
            locale=self.locale,
            gender=self.gender,
            label=self.label,
            quality="neural",
            online=True,
            names=self.names,
        )


_EMBEDDED = TypeAdapter(tuple[EmbeddedVoice, ...])
_EDGE = TypeAdapter(tuple[EdgeVoice, ...])


class _Row(Protocol):
    @property
    def id(self) -> VoiceId: ...


_V = TypeVar("_V", bound=_Row)


def embedded_voices(file: Path = VOICES_FILE) -> Mapping[VoiceId, EmbeddedVoice]:
    """Read the embedded voices, in the order of the file. Raises ``SettingsInvalid``."""
    return _read("embedded", _EMBEDDED, file)


def edge_voices(file: Path = VOICES_FILE) -> Mapping[VoiceId, EdgeVoice]:
    """Read Edge's Indian voices, in the order of the file. Raises ``SettingsInvalid``."""
    return _read("edge", _EDGE, file)


def openai_voices(server: OpenAISettings) -> Mapping[VoiceId, Voice]:
    """Give the voices of an OpenAI-compatible server, as the settings describe them."""
    return {
        voice.id: Voice(
            id=voice.id,
            provider="openai",
            locale=voice.locale,
            gender=voice.gender,
            label=voice.label or voice.name,
            quality="neural",
            online=True,
        )
        for voice in server.voices
    }


def stand_in(
    wanted: Voice | None, locale: str, among: Iterable[Voice], *, same_gender: bool = False
) -> Voice | None:
    """Choose who speaks in place of a voice: same language and gender, else same language.

    ``same_gender`` refuses the second. The wanted voice itself is never chosen.
    """
    speaking = [v for v in among if v.locale == locale and (wanted is None or v.id != wanted.id)]
    alike = [v for v in speaking if wanted is None or v.gender == wanted.gender]
    if same_gender:
        speaking = alike
    return next(iter(alike or speaking), None)


def _read(name: str, rows_of: TypeAdapter[tuple[_V, ...]], file: Path) -> Mapping[VoiceId, _V]:
    try:
        rows = rows_of.validate_python(tomllib.loads(file.read_text("utf-8")).get(name, []))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as e:
        raise errors.SettingsInvalid(
            f"The list of voices ({file.name}) cannot be used: {e}"
        ) from e
    voices = {row.id: row for row in rows}
    if not voices or len(voices) != len(rows):
        raise errors.SettingsInvalid(
            f"The list of voices ({file.name}) is empty or names a voice twice."
        )
    return voices
