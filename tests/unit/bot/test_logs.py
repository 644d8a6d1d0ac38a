"""The token never reaches a log, by any of the ways that it has."""

from __future__ import annotations

import logging

import pytest

from bot.logs import Redact
from tests.fakes import TOKEN

ODD_TOKEN = "a-test-token"


def written(record: logging.LogRecord, token: str = "") -> str:
    Redact(token).filter(record)
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
