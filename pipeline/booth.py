"""A confined child and the folder it lives in: files are handed in, what it made is taken out.

The child is started with its folder as the only argument, and confines itself to it before it
opens anything (``confine``). One file at a time lies in there, as a copy: what takes the child
over sees neither the file's neighbours nor anybody else's, and changes no original. Knows no
format; ``child`` is how it is asked.
"""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from pipeline import errors
from pipeline.child import Child, Message

GIVEN, MADE = "given", "made"
"""What the two files are called, whatever the stranger called his."""


class Booth:
    """Shows files to a child of its own, one after the other; ``parent`` holds its folder."""

    def __init__(
        self, name: str, module: str, environment: Mapping[str, str], parent: Path
    ) -> None:
        own = f"booth-{name}-{os.getpid()}-{secrets.token_hex(4)}"
        self._name, self._folder = name, parent.resolve() / own
        self._child = Child(name, module, environment, str(self._folder))
        self._one_file = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process id while the child runs."""
        return self._child.pid

    async def start(self) -> None:
        """Start the child before it is needed, so that the first file finds it warm."""
        await self._prepare()
        await self._child.start()

    async def show(
        self,
        source: Path,
        order: Callable[[Path, Path], Message],
        *,
        most_bytes: int,
        limit_s: float,
        into: Path | None = None,
    ) -> Message:
        """Hand in a copy of ``source`` and ask about it; ``into`` gets the file that was made.

        ``order`` writes the request, given where the copy lies and where the child may write. A
        source of more than ``most_bytes`` keeps its size in there, but not its content. Raises
        what ``Child.ask`` raises, ``DiskFull``.
        """
        given, made = self._folder / GIVEN, self._folder / MADE
        async with self._one_file:
            await self._prepare()
            try:
                await asyncio.to_thread(_hand_in, source, given, most_bytes)
                answer = await self._child.ask(order(given, made), limit_s=limit_s)
                if into is not None and not await asyncio.to_thread(_take_out, made, into):
                    await self._child.close()
                    raise errors.ChildDied(self._name, None)
            finally:
                await asyncio.to_thread(_empty, self._folder)
        return answer

    async def close(self) -> None:
        """End the child, and its folder. Safe to repeat."""
        await self._child.close()
        await asyncio.to_thread(_remove, self._folder)

    async def _prepare(self) -> None:
        if self._folder.is_dir():
            return
        # New, or deleted by age: a child that is confined to the old one cannot use the new.
        await self._child.close()
        await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)


def _hand_in(source: Path, given: Path, most_bytes: int) -> None:
    if not source.is_file():
        return  # the child says so
    size_bytes = source.stat().st_size
    try:
        if size_bytes <= most_bytes:
            shutil.copyfile(source, given)
        else:
            with given.open("wb") as file:
                file.truncate(size_bytes)
    except OSError as e:
        raise _full(e) from e


def _take_out(made: Path, into: Path) -> bool:
    """Move what was made to its place; False where that is no plain file."""
    try:
        # A link would make us read for the child what it may not read.
        if not stat.S_ISREG(made.lstat().st_mode):
            return False
    except FileNotFoundError:
        return False
    part = into.with_name(f".{into.name}.{os.getpid()}.part")
    try:
        shutil.move(made, part)  # it may go to another disk
        part.replace(into)
    except OSError as e:
        raise _full(e) from e
    finally:
        part.unlink(missing_ok=True)
    return True


def _empty(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    """Delete it, and what held it if that holds nothing else: a command leaves no trace."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def _full(e: OSError) -> Exception:
    return errors.DiskFull("a file") if e.errno in (errno.ENOSPC, errno.EDQUOT) else e
