"""Run the asynchronous part of a command, and end cleanly when somebody wants it to end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")

SCRIPT_BYTES = 1_000_000
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end. The first Ctrl-C or SIGTERM cancels: processes end, files go.

    A second one does not wait for that. Raises ``click.Abort`` when cancelled.
    """

    async def guarded() -> T:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()

        def cancel() -> None:
            for number in SIGNALS:
                loop.remove_signal_handler(number)
            task.cancel()

        for number in SIGNALS:
            loop.add_signal_handler(number, cancel)
        return await task

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError as e:
        raise click.Abort from e


@asynccontextmanager
async def beside(out: Path) -> AsyncIterator[Path]:
    """Give a scratch folder next to the file that is to be made, on the same disk.

    What is finished is renamed into place from there; the folder goes whatever happens.
    """
    from pipeline.scratch import scratch_folder

    async with AsyncExitStack() as stack:
        try:
            scratch = scratch_folder(out.parent, f".bolti-{os.getpid()}")
            folder = await stack.enter_async_context(scratch)
        except OSError as e:
            raise click.ClickException(f"{out} cannot be written: {e.strerror}.") from e
        yield folder


async def put_in_place(made: Path, out: Path) -> None:
    """Rename the finished file to where it was wanted."""
    try:
        await asyncio.to_thread(made.replace, out)
    except OSError as e:
        raise click.ClickException(f"{out} cannot be written: {e.strerror}.") from e


def out_file(out: Path, suffix: str) -> Path:
    """Check where the result goes, before any work is done for it."""
    if out.suffix.lower() != suffix:
        raise click.UsageError(f"-o {out}: the result is a {suffix} file; name it so.")
    if out.is_dir():
        raise click.UsageError(f"-o {out}: that is a folder; name a file in it.")
    if not out.parent.is_dir():
        raise click.UsageError(f"-o {out}: there is no folder {out.parent}; make it first.")
    return out.absolute()


def in_file(path: Path, what: str) -> Path:
    """Check that a file is there, before any work is done for it."""
    if not path.exists():
        raise click.UsageError(f"There is no {what} {path}.")
    if not path.is_file():
        raise click.UsageError(f"{path} is no file; name the {what} itself.")
    return path.absolute()


def text_of(script: Path) -> str:
    """Read a script; a limit keeps a wrong file from filling the memory."""
    in_file(script, "script")
    if script.stat().st_size > SCRIPT_BYTES:
        raise click.UsageError(f"The script {script} has more than {SCRIPT_BYTES / 1e6:.0f} MB.")
    try:
        return script.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        raise click.UsageError(f"The script {script} is no text in UTF-8.") from e
    except OSError as e:
        raise click.UsageError(f"The script {script} cannot be read: {e.strerror}.") from e
