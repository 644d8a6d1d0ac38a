"""Processes that begin with everything imported: forked from one that imported it once.

Importing takes a bot two of the three seconds of processor time of its start, and the tests start
a hundred. ``python -m tests.nursery MODULE…`` imports, then forks for every line that it reads;
the fork has the environment, the output and the session of its own that a process started by hand
would have, and runs its module as ``__main__``. ``test_bot_command.py`` starts the bot by hand.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Nursery:
    """The process that imported everything, seen from the tests."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def launch(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Forked:
        """Run a module, given with its arguments; the output is added to a file."""
        order = {"argv": list(command), "environment": dict(environment), "log": str(log)}
        return Forked(self, self._ask(order))

    def status_of(self, pid: int) -> int:
        """Give the exit status of a process that has ended; once for each."""
        return self._ask({"wait": pid})

    def _ask(self, order: Mapping[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class Forked:
    """A process of a nursery; the verbs are those of ``asyncio.subprocess.Process``."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._ended = os.pidfd_open(pid)
        self._status: int | None = None

    @property
    def returncode(self) -> int | None:
        """The exit status; None while it runs, below zero when a signal ended it."""
        if self._status is None and select.select([self._ended], [], [], 0)[0]:
            self._status = self._nursery.status_of(self.pid)
            os.close(self._ended)
        return self._status

    async def wait(self) -> int:
        """Wait until it has ended."""
        ended = asyncio.Event()
        while (status := self.returncode) is None:
            loop = asyncio.get_running_loop()
            loop.add_reader(self._ended, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self._ended)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal; one that has ended gets none."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


@contextmanager
def running(*imported: str) -> Iterator[Nursery]:
    """Keep a nursery that has imported these modules for as long as the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.nursery", *imported],
        cwd=ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve(imported: Sequence[str]) -> list[str]:
    """Fork and tell, until nobody asks any more; in a fork, give the command that it shall run."""
    for name in imported:
        importlib.import_module(name)
    for line in sys.stdin:
        order = json.loads(line)
        if pid := order.get("wait"):
            _tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        elif pid := os.fork():
            _tell(pid)
        else:
            _become(order["environment"], order["log"])
            return list(order["argv"])
    return []


def _tell(number: int) -> None:
    print(number, flush=True)


def _become(environment: Mapping[str, str], log: str) -> None:
    """Take on what a process of its own has: a session, an environment, files."""
    os.setsid()
    os.environ.clear()  # noqa: TID251  it is given another one
    os.environ.update(environment)  # noqa: TID251
    named = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [folder for folder in named if folder and folder not in sys.path]
    with Path(os.devnull).open("rb") as nothing, Path(log).open("ab") as output:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


if __name__ == "__main__" and (command := _serve(sys.argv[1:])):
    sys.argv = command
    for name in (command[0], f"{command[0]}.__main__"):
        if not hasattr(sys.modules.get(name), "__path__"):
            sys.modules.pop(name, None)  # what runs is not what was imported: runpy would warn
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
