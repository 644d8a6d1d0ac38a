"""Settings of how a process tells of itself: what it logs, and where it can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr

from pipeline.settings.section import Section


class LogSettings(Section):
    """What is logged: ids, sizes, durations, states; never scripts, names, photos or tokens."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least serious level that is written."""
    format: Literal["auto", "text", "json"] = "auto"
    """text, or json: an object per line. auto: text on a terminal, else json."""


class HealthSettings(Section):
    """Where bot and worker can be asked how they do: `/healthz`, `/readyz`, `/metrics`."""

    listen: str = Field(default="127.0.0.1:8080", pattern=r"^(\S+:\d{1,5})?$")
    """Address and port, for whoever watches over this process; port 0: any; empty: nowhere. Two
    processes on one machine need a port each."""

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port; None where nobody shall ask."""
        host, _, port = self.listen.rpartition(":")
        return (host.strip("[]"), int(port)) if host else None


def secrets_in(section: BaseModel) -> Iterator[str]:
    """Give the value of every secret, and every password in an address: none may be written."""
    for name in type(section).model_fields:
        match getattr(section, name):
            case SecretStr() as secret:
                yield secret.get_secret_value()
            case BaseModel() as inside:
                yield from secrets_in(inside)
            case str() as text if "://" in text and (password := _password(text)):
                yield password


def _password(address: str) -> str | None:
    try:
        return urlsplit(address).password
    except ValueError:
        return None
