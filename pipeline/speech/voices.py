"""The list of voices in ``config/voices.toml``, read and checked.

Knows the file's shape and nothing of how a voice sounds. A new provider adds its own list to the
file and a reader here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from pipeline import errors
from pipeline.types import Voice, VoiceId

VOICES_FILE = Path(__file__).resolve().parents[2] / "config" / "voices.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedVoice:
    """A voice of espeak-ng."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: VoiceId
    locale: str
    gender: Literal["female", "male"]
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


_ROWS = TypeAdapter(tuple[EmbeddedVoice, ...])


def embedded_voices(file: Path = VOICES_FILE) -> Mapping[VoiceId, EmbeddedVoice]:
    """Read the embedded voices, in the order of the file. Raises ``SettingsInvalid``."""
    try:
        rows = _ROWS.validate_python(tomllib.loads(file.read_text("utf-8")).get("embedded", []))
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
