"""Settings of the online providers of speech."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from pipeline.settings.section import Section
from pipeline.types import VoiceId


class EdgeSettings(Section):
    """Microsoft Edge's voices: online, free, without a contract. Scripts go to Microsoft."""

    proxy: str = ""
    """An http:// proxy for these voices; empty: none, or what WSS_PROXY names."""
    connect_s: int = Field(default=4, ge=1, le=30)
    """How long connecting may take."""
    idle_s: float = Field(default=12.0, gt=0, le=120)
    """How long the service may be silent before a try counts as failed."""
    limit_s: float = Field(default=40.0, gt=0, le=300)
    """How long all tries of one script may take; then the next provider speaks."""
    tries: int = Field(default=3, ge=1, le=5)
    """How often one piece of a script is tried with one voice."""
    at_once: int = Field(default=2, ge=1, le=4)
    """How many connections are open at once; the service throttles those who open more."""


class OpenAIVoice(Section):
    """One voice of an OpenAI-compatible server."""

    id: VoiceId = Field(min_length=1, max_length=48)
    """The id that is asked for here; a button holds no longer one."""
    name: str
    """What the server calls it."""
    locale: str = Field(default="en-IN", pattern=r"^[a-z]{2,3}-[A-Z]{2}$")
    """The language it speaks."""
    gender: Literal["female", "male"] = "female"
    """Who seems to speak."""
    label: str = ""
    """What people read; empty: its name."""


class OpenAISettings(Section):
    """A speech server that speaks OpenAI's /v1/audio/speech, for example one of your own."""

    url: str = ""
    """The address up to and with /v1; the provider needs it."""
    key: SecretStr | None = None
    """The server's key, where it wants one. A secret: from the environment or a secret file."""
    model: str = "tts-1"
    """The model that the server is asked for."""
    voices: tuple[OpenAIVoice, ...] = ()
    """Its voices: a list of tables with id, name, locale, gender, label."""
    limit_s: float = Field(default=60.0, gt=0, le=600)
    """How long one request may take."""
