"""Words in a row, sealed at rest: a type of column, as any text to whoever reads and writes it.

The secret comes to the database (``Database(url, sealer)``) and from there, by SQLAlchemy's
dialect, to each value on its way in and out. What stands in such a column cannot be compared,
sorted or searched by SQL: that wants a column beside it. Without a secret it is plain text, and
plain text that lies there already stays readable.

Where the next one goes: a column with words of people is of this type; a test searches the file.
"""

from __future__ import annotations

import base64
import logging
from typing import Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from pipeline.sealing import Sealer

MARK: Final = "\2sealed:"
SEALER: Final = "bolti_sealer"
"""Under this name the engine's dialect carries it."""

log = logging.getLogger(__name__)


def seal_rows(engine: sa.Engine, sealer: Sealer) -> None:
    """Let an engine seal every column of words."""
    setattr(engine.dialect, SEALER, sealer)


class SealedText(sa.TypeDecorator[str]):
    """Text that is sealed where a secret is set."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Seal on the way in."""
        sealer: Sealer | None = getattr(dialect, SEALER, None)
        if value is None or sealer is None:
            return value
        return MARK + base64.b64encode(sealer.seal(value.encode())).decode()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Open on the way out; what no secret of today opens is empty."""
        if value is None or not value.startswith(MARK):
            return value
        sealer: Sealer | None = getattr(dialect, SEALER, None)
        if sealer is None:
            return _unreadable()
        try:
            return sealer.open(base64.b64decode(value.removeprefix(MARK))).decode()
        except (InvalidTag, ValueError):
            return _unreadable()


def _unreadable() -> str:
    log.error("a sealed row cannot be opened: store.encryption_key is another, or not set")
    return ""
