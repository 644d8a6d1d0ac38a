"""A process that is asked to end ends in good order, and at once when it is asked again."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from pipeline.settings import child_environment
from tests.botapi import family
from tests.unit.stubborn_process import NAME

ROOT = Path(__file__).parents[2]
LONG_S = 600.0
LIMIT_S = 60.0


@contextmanager
def running(what: str, grace_s: float = LONG_S) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    with subprocess.Popen(
        [sys.executable, "-m", NAME, what, str(grace_s)],
        env=child_environment() | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            yield process, process.stdout
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_lets_it_end_in_good_order(number: signal.Signals) -> None:
    with running("end") as (process, _):
        process.send_signal(number)

        assert process.wait(LIMIT_S) == 0


def test_a_second_signal_ends_what_lingers() -> None:
    with running("linger") as (process, says):
        process.send_signal(signal.SIGTERM)
        assert says.readline() == "stopping\n"
        process.send_signal(signal.SIGTERM)

        assert process.wait(LIMIT_S) == 130


def test_a_second_signal_ends_a_process_whose_loop_is_kept_waiting() -> None:
    with running("block the loop") as (process, _):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)

        assert process.wait(LIMIT_S) == 130


def test_a_child_that_hangs_ends_with_it() -> None:
    with running("have a hung child") as (process, says):
        assert says.readline() == "it hangs\n"
        (child,) = family.descendants_of(process.pid)
        ended = os.pidfd_open(child.pid)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)

        assert process.wait(LIMIT_S) == 130
        assert select.select([ended], [], [], LIMIT_S)[0], "the child lives on"
    os.close(ended)


def test_what_lingers_beyond_its_grace_ends_by_itself() -> None:
    with running("linger", grace_s=0.1) as (process, _):
        process.send_signal(signal.SIGTERM)

        assert process.wait(LIMIT_S) == 130
