"""Keep tokens and passwords out of every log record.

The token stands in every URL of the Bot API, so httpx at INFO, PTB at DEBUG and tracebacks leak
it. The filter sits on handlers: a filter on a logger misses what its children send up.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

TOKEN = re.compile(r"(?<![\w-])(?:bot)?\d{6,12}:[A-Za-z0-9_-]{30,64}")
REDACTED = "bot<redacted>"


class Redact(logging.Filter):
    """Replace whatever looks like a token, and this process's own secrets, by a mark."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__()
        stripped = {secret.strip() for secret in secrets} - {""}
        self._secrets = sorted(stripped, key=len, reverse=True)  # one may hold another

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message, traceback and stack; never drop it."""
        message = record.getMessage()
        if (clean := self.redacted(message)) != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.redacted(record.exc_text)
        if record.stack_info:
            record.stack_info = self.redacted(record.stack_info)
        return True

    def redacted(self, text: str) -> str:
        """Return the text without tokens and secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "<redacted>")
        return TOKEN.sub(REDACTED, text)
