"""Who agreed at this machine, as lines of JSON in one file: for commands without a database.

The same verbs as ``consents.ConsentTable``.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from pipeline import errors
from pipeline.types import Consent, Owner

_LINE: Final = TypeAdapter(Consent)


class ConsentFile:
    """The consents in one file, which is made when somebody agrees."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def add(self, consent: Consent, text: str) -> None:
        """Keep a consent; the text stands in the repository. Raises ``StoreUnavailable``."""
        await asyncio.to_thread(self._append, consent)

    async def newest(self, owner: Owner) -> Consent | None:
        """Return what this person agreed to last, taken back or not."""
        mine = [
            consent for consent in await asyncio.to_thread(self._read) if consent.owner == owner
        ]
        return mine[-1] if mine else None

    async def withdraw(self, owner: Owner, at: datetime) -> bool:
        """Forget the file: whoever may use this machine is asked again."""
        return await asyncio.to_thread(self._forget)

    def _append(self, consent: Consent) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(_LINE.dump_json(consent) + b"\n")
        except OSError as e:
            raise errors.StoreUnavailable(f"{self._path} cannot be written: {e.strerror}") from e

    def _read(self) -> list[Consent]:
        try:
            lines = self._path.read_bytes().splitlines()
            return [_LINE.validate_json(line) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, ValidationError):
            return []  # whoever spoils the file is asked again

    def _forget(self) -> bool:
        existed = self._path.exists()
        self._path.unlink(missing_ok=True)
        return existed
