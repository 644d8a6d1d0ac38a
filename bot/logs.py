"""Keep the token out of every log record, and the chatty libraries quiet.

The token stands in every URL of the Bot API, so httpx at INFO, PTB at DEBUG and tracebacks leak
it. The filter sits on handlers: a filter on a logger misses what its children send up. Scripts
and names are kept out by never being logged; PTB at DEBUG would log them, so it stays at INFO.
"""

from __future__ import annotations

import logging
import re
import sys

TOKEN = re.compile(r"(?<![\w-])(?:bot)?\d{6,12}:[A-Za-z0-9_-]{30,64}")
REDACTED = "bot<redacted>"
QUIET_LEVELS = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,
    "asyncio": logging.INFO,
}


class Redact(logging.Filter):
    """Replace whatever looks like a token, and this bot's own token, by a mark."""

    def __init__(self, token: str = "") -> None:
        super().__init__()
        self._own = token.strip()

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
        """Return the text without tokens."""
        if self._own:
            text = text.replace(self._own, "<redacted>")
        return TOKEN.sub(REDACTED, text)


def set_up_logs(level: str, token: str) -> None:
    """Log to stderr at ``level``, through the filter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Redact(token))
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, lowest in QUIET_LEVELS.items():
        logging.getLogger(name).setLevel(max(lowest, logging.getLevelName(level)))
