"""What is logged, and how: lines of text or of JSON on stderr, each with the job it belongs to.

``about`` names the job for all that is logged inside it, in tasks and threads that begin there
too. ``set_up_logs`` is for a process of its own; a child process writes JSON (``set_up_child``),
which its parent reads and logs as its own, with the job that it had asked about (``relay``).

Scripts and names are kept out by never being logged; tokens and passwords by ``redaction``.
Tracebacks show code, never the values of variables.

Where the next one goes: another fact of every line is a key in ``JsonLines``.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal, TextIO

from pipeline import errors
from pipeline.logs.redaction import Redact

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET_LEVELS = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,  # at DEBUG it logs whole updates
    "asyncio": logging.INFO,
    "aiohttp.access": logging.WARNING,
}
OURS = "pipeline"

log = logging.getLogger(__name__)

_job: ContextVar[str] = ContextVar("job", default="")


@contextmanager
def about(job_id: str) -> Iterator[None]:
    """Name the job that everything logged in this block belongs to."""
    token = _job.set(job_id)
    try:
        yield
    finally:
        _job.reset(token)


def job() -> str:
    """Tell which job is being worked on here; empty when none is."""
    return _job.get()


def set_up_logs(
    level: str,
    form: Literal["auto", "text", "json"] = "auto",
    secrets: Sequence[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Log at ``level`` to stderr, or ``stream``; ``secrets`` are values never to be written.

    By itself: text on a terminal, JSON elsewhere.
    """
    stream = stream or sys.stderr
    is_json = form == "json" or (form == "auto" and not stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.addFilter(_name_job)
    handler.addFilter(Redact(secrets))
    handler.setFormatter(JsonLines() if is_json else TextLines(TEXT))
    logging.getLogger().handlers[:] = [handler]
    set_level(level)


def set_level(level: str) -> None:
    """Log from this level on; libraries that say too much at a level stay above it."""
    logging.getLogger().setLevel(level)
    for name, lowest in QUIET_LEVELS.items():
        logging.getLogger(name).setLevel(max(lowest, logging.getLevelName(level)))


def ended_by(error: Exception) -> int:
    """Log what ends this process, in the form of its logs; give its exit status."""
    if isinstance(error, errors.BoltiError):
        log.critical("%s", error)
        return error.exit_code
    log.critical("ended by a fault: %s", type(error).__name__, exc_info=error)
    return errors.BUG


def set_up_child() -> None:
    """Log warnings, and what this project says, as JSON for the parent to read."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)


def relay(line: str, child: str) -> str:
    """Log what a child process wrote, as this process's own; return it as text.

    A line that is no record, such as a library's own printing, is logged at DEBUG.
    """
    try:
        said = json.loads(line) if line.startswith("{") else None
        level = logging.getLevelNamesMapping()[said["level"]] if said else logging.DEBUG
        name, text = (said["logger"], said["message"]) if said else (__name__, line)
        text += f"\n{said['traceback']}" if said and "traceback" in said else ""
        logging.getLogger(name).log(level, "%s: %s", child, text)
    except (ValueError, KeyError, TypeError):
        logging.getLogger(__name__).debug("%s: %s", child, line)
        return line
    return str(text)


class JsonLines(logging.Formatter):
    """One JSON object per record: time, level, logger, message; job and traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        at = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if job_id := getattr(record, "job", ""):
            line["job"] = job_id
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if traceback := "\n".join(filter(None, (record.exc_text, record.stack_info))):
            line["traceback"] = traceback
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    """The same for people: the job stands in brackets, where the message does not name it."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Write the first line of one record."""
        line = super().formatMessage(record)
        job_id = getattr(record, "job", "")
        return f"{line} [{job_id}]" if job_id and job_id not in line else line


def _name_job(record: logging.LogRecord) -> bool:
    record.job = job()
    return True
