"""Secrets never reach a log, by any of the ways that they have; a line names its job."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from pipeline import errors
from pipeline.logs import (
    QUIET_LEVELS,
    JsonLines,
    TextLines,
    about,
    ended_by,
    job,
    relay,
    set_up_logs,
)
from pipeline.logs.redaction import Redact
from pipeline.settings import read_settings
from tests.fakes import TOKEN

ODD_TOKEN = "a-test-token"
LogLine = Callable[[], dict[str, str]]


def written(record: logging.LogRecord, token: str = "") -> str:
    Redact([token]).filter(record)
    return logging.Formatter().format(record)


def record(message: str, *values: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("x", logging.INFO, __file__, 1, message, values, None)
    made.__dict__.update(more)
    return made


@pytest.mark.parametrize(
    "made",
    [
        record(f"GET https://api.telegram.org/bot{TOKEN}/getMe"),
        record("Set Bot API URL: %s", f"https://api.telegram.org/bot{TOKEN}"),
        record("stack", stack_info=f"File x: {TOKEN}"),
    ],
)
def test_the_token_is_taken_out_of_a_record(made: logging.LogRecord) -> None:
    text = written(made)

    assert TOKEN not in text
    assert "redacted" in text


def test_the_token_is_taken_out_of_a_traceback() -> None:
    error = ValueError(f"The token `{TOKEN}` was rejected by the server.")
    made = record("failed", exc_info=(type(error), error, None))

    text = written(made)

    assert TOKEN not in text
    assert "ValueError" in text


def test_the_bots_own_token_is_taken_out_whatever_it_looks_like() -> None:
    assert ODD_TOKEN not in written(record(f"at {ODD_TOKEN}"), ODD_TOKEN)


def test_times_and_ids_are_left_alone() -> None:
    text = "tg-000000000123 at 12:34:56 sent 1234567:2"

    assert written(record(text)) == text


def test_a_password_in_an_address_is_a_secret_like_any_other() -> None:
    loaded = read_settings(
        {
            "BOLTI_TELEGRAM__TOKEN": ODD_TOKEN,
            "BOLTI_JOBS__DATABASE": "postgresql://bolti:opensesame@db/bolti",
            "BOLTI_STORE__S3_KEY": "a-bucket-key",
        }
    )

    secrets = loaded.settings.secrets

    assert {ODD_TOKEN, "opensesame", "a-bucket-key"} <= set(secrets)
    text = Redact(secrets).redacted("at postgresql://bolti:opensesame@db/bolti, a-bucket-key")
    assert text == "at postgresql://bolti:<redacted>@db/bolti, <redacted>"


@pytest.fixture
def log_line() -> Iterator[LogLine]:
    """Set the logs up as a process does; read its one line back. Everything is put back."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    quiet = {name: logging.getLogger(name).level for name in QUIET_LEVELS}

    def line() -> dict[str, str]:
        (written,) = stream.getvalue().splitlines()
        return dict(json.loads(written))

    set_up_logs("DEBUG", secrets=[ODD_TOKEN], stream=stream)  # no terminal: JSON
    yield line
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def test_what_ends_a_process_is_a_line_of_its_logs(log_line: LogLine) -> None:
    error = errors.StoreUnavailable("no answer")

    status = ended_by(error)

    line = log_line()
    assert status == error.exit_code
    assert (line["level"], line["message"]) == ("CRITICAL", str(error))
    assert "traceback" not in line


def test_a_fault_that_ends_a_process_shows_where_and_no_secret(log_line: LogLine) -> None:
    with pytest.raises(ValueError, match=ODD_TOKEN) as caught:
        int(ODD_TOKEN)

    status = ended_by(caught.value)

    line = log_line()
    assert status == errors.BUG
    assert "ValueError" in line["message"]
    assert __file__ in line["traceback"]
    assert ODD_TOKEN not in line["traceback"]


def test_a_json_line_names_its_job_in_tasks_and_threads_too(
    log_line: LogLine,
) -> None:
    async def work() -> None:
        await asyncio.to_thread(logging.getLogger("pipeline.x").warning, "made %d", 3)

    async def order() -> None:
        with about("tg-000000000007"):
            await asyncio.create_task(work())
        assert job() == ""

    asyncio.run(order())

    line = log_line()
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "WARNING",
        "logger": "pipeline.x",
        "message": "made 3",
        "job": "tg-000000000007",
    }


def test_a_json_traceback_is_redacted_and_shows_no_variables(
    log_line: LogLine,
) -> None:
    words = "the marigold garland"
    try:
        raise ValueError(f"{TOKEN} and {ODD_TOKEN}")  # noqa: TRY301  the traceback is wanted
    except ValueError:
        logging.getLogger("pipeline.x").exception("failed after %d letters", len(words))

    line = log_line()
    assert "ValueError: bot<redacted> and <redacted>" in line["traceback"]
    assert "test_a_json_traceback" in line["traceback"]
    assert words not in json.dumps(line)
    assert "job" not in line


def test_what_a_child_logs_is_logged_by_its_parent_with_the_job(
    log_line: LogLine,
) -> None:
    child = logging.LogRecord("pipeline.studio", logging.INFO, "", 1, "frame %d", (7,), None)
    with about("tg-1"):
        text = relay(JsonLines().format(child), "studio")

    line = log_line()
    assert text == "frame 7"
    assert (line["level"], line["logger"]) == ("INFO", "pipeline.studio")
    assert (line["message"], line["job"]) == ("studio: frame 7", "tg-1")


@pytest.mark.parametrize(
    "written", ["a library says hello", "{not json", '{"level": 3}', '{"level": "ODD"}', ""]
)
def test_what_is_no_record_is_passed_on_at_debug(written: str, log_line: LogLine) -> None:
    assert relay(written, "studio") == written

    line = log_line()
    assert (line["level"], line["message"]) == ("DEBUG", f"studio: {written}")


def test_text_names_the_job_once() -> None:
    lines = TextLines("%(message)s")

    assert lines.format(record("made", job="tg-1")) == "made [tg-1]"
    assert lines.format(record("tg-1 made", job="tg-1")) == "tg-1 made"
    assert lines.format(record("started", job="")) == "started"
