"""Show how far a render is: a bar on a terminal, plain lines elsewhere, JSON lines on request.

Progress goes to stderr, so that stdout holds nothing but the result; with ``--json`` both are
lines on stdout, one object each.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self, assert_never

import click

from pipeline.types import Progress, Stage

BAR_CHARS = 24
CLEAR_LINE = "\r\x1b[K"
REDRAW_S = 0.2
TELL_S = 1.0


class Console(Protocol):
    """Shows one run of a command; a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def progress(self, progress: Progress) -> None:
        """Show how far it is."""

    def transfer(self, name: str, done: int, total: int) -> None:
        """Show how much of a file is done, in bytes."""

    def note(self, text: str) -> None:
        """Say something worth knowing."""

    def result(self, values: Mapping[str, object], text: str) -> None:
        """Say what came of it."""


def console(*, as_json: bool) -> Console:
    """Choose by what stderr is."""
    if as_json:
        return JsonLines()
    return TerminalBar() if sys.stderr.isatty() else PlainLines()


def words(stage: Stage) -> str:
    """Name a stage for the person who waits."""
    match stage:
        case Stage.WAITING:
            return "waiting"
        case Stage.SPEAKING:
            return "speaking the words"
        case Stage.HEARING:
            return "listening to the recording"
        case Stage.LOOKING:
            return "looking at the face"
        case Stage.SYNCING:
            return "moving the lips"
        case Stage.SENDING:
            return "sending"
        case _:
            assert_never(stage)


class PlainLines:
    """One line per stage: for logs and pipes."""

    def __init__(self) -> None:
        self._seen: set[Stage | str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave everything as it stands."""

    def progress(self, progress: Progress) -> None:
        """Write each stage once."""
        if progress.stage not in self._seen:
            self._seen.add(progress.stage)
            click.echo(words(progress.stage), err=True)

    def transfer(self, name: str, done: int, total: int) -> None:
        """Write each file once."""
        if name not in self._seen:
            self._seen.add(name)
            click.echo(f"{name}, {total / 1e6:,.0f} MB", err=True)

    def note(self, text: str) -> None:
        """Write a line."""
        click.echo(text, err=True)

    def result(self, values: Mapping[str, object], text: str) -> None:
        """Write the result to stdout."""
        click.echo(text)


class TerminalBar(PlainLines):
    """One line that lives, then goes."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn_s = 0.0

    def progress(self, progress: Progress) -> None:
        """Draw the line again."""
        self._draw(progress.fraction, words(progress.stage))

    def transfer(self, name: str, done: int, total: int) -> None:
        """Draw the line again, at most a few times per second."""
        now_s = time.monotonic()
        if done < total and now_s - self._drawn_s < REDRAW_S:
            return
        self._drawn_s = now_s
        of = f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
        self._draw(done / max(total, 1), f"{name}, {of}")

    def _draw(self, fraction: float | None, text: str) -> None:
        done = "" if fraction is None else f" {100 * fraction:3.0f} %"
        filled = round(BAR_CHARS * (fraction or 0.0))
        line = f"[{'#' * filled}{'.' * (BAR_CHARS - filled)}]{done}  {text}"
        columns = shutil.get_terminal_size().columns
        click.echo(f"{CLEAR_LINE}{line[: columns - 1]}", err=True, nl=False)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away."""
        click.echo(CLEAR_LINE, err=True, nl=False)

    def note(self, text: str) -> None:
        """Write above the bar."""
        click.echo(f"{CLEAR_LINE}{text}", err=True)

    def result(self, values: Mapping[str, object], text: str) -> None:
        """Write the result to stdout, below no bar."""
        click.echo(CLEAR_LINE, err=True, nl=False)
        click.echo(text)


class JsonLines(PlainLines):
    """Objects for programs."""

    def __init__(self) -> None:
        super().__init__()
        self._told_s = 0.0

    def progress(self, progress: Progress) -> None:
        """Write every step."""
        self._say({"progress": {"stage": progress.stage.value, "fraction": progress.fraction}})

    def transfer(self, name: str, done: int, total: int) -> None:
        """Write a step at most once per second and file, and the last of each."""
        now_s = time.monotonic()
        if done < total and now_s - self._told_s < TELL_S:
            return
        self._told_s = now_s
        self._say({"progress": {"file": name, "bytes": done, "of_bytes": total}})

    def note(self, text: str) -> None:
        """Write a remark."""
        self._say({"note": text})

    def result(self, values: Mapping[str, object], text: str) -> None:
        """Write the values."""
        self._say({"result": values})

    def _say(self, line: Mapping[str, object]) -> None:
        click.echo(json.dumps(line, ensure_ascii=False))
        sys.stdout.flush()
