"""A confined child and the folder it lives in: files are handed in, what it made is taken out.

The child is started with its folder as the first argument, and confines itself to it before it
opens anything (``confine``). One file at a time lies in there, as a copy: what takes the child
over sees neither the file's neighbours nor anybody else's, and changes no original. Knows no
format; ``child`` is how it is asked.

The folder carries a lock that ends with its process: ``is_abandoned`` tells what a killed one
left.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import logging
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline import errors
from pipeline.child import Child, Message

GIVEN, MADE = "given", "made"
"""What the two files are called, whatever the stranger called his."""
_NAMED = "booth-"

log = logging.getLogger(__name__)


class Booth:
    """Shows files to a child of its own, one after the other; ``parent`` holds its folder."""

    def __init__(
        self,
        name: str,
        module: str,
        environment: Mapping[str, str],
        parent: Path,
        *arguments: str,
    ) -> None:
        own = f"{_NAMED}{name}-{os.getpid()}-{secrets.token_hex(4)}"
        self._name, self._folder = name, parent.resolve() / own
        self._lock: int | None = None
        self._child = Child(name, module, environment, str(self._folder), *arguments)
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
        source of more than ``most_bytes`` keeps its size in there, but not its content. A child
        that dies is asked once more: something else may have killed it, and what does kill it
        does so again. Raises what ``Child.ask`` raises, ``DiskFull``.
        """

        async def shown() -> Message:
            given, made = self._folder / GIVEN, self._folder / MADE
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

        async with self._one_file:
            try:
                return await shown()
            except errors.ChildDied:
                log.warning("%s died over a file; it is asked once more", self._name)
                return await shown()

    async def close(self) -> None:
        """End the child, and its folder. Safe to repeat."""
        await self._child.close()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        self._unlock()

    async def _prepare(self) -> None:
        if self._lock is not None and self._folder.is_dir():
            return
        # New, or deleted by somebody: a child that is confined to the old one cannot use the new.
        await self._child.close()
        self._unlock()
        self._lock = await asyncio.to_thread(_made_and_locked, self._folder)

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def is_booth(folder: Path) -> bool:
    """Tell whether a folder has the name of a booth's."""
    return folder.name.startswith(_NAMED)


def is_abandoned(folder: Path) -> bool:
    """Tell whether the process of a booth's folder is dead.

    A booth locks its folder right after making it; ask about those that are older than that.
    """
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:  # its owner deletes it right now
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def _made_and_locked(folder: Path) -> int:
    """Return a lock on a new folder, which nothing inherits: it ends with this process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


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


def _full(e: OSError) -> Exception:
    return errors.DiskFull("a file") if e.errno in (errno.ENOSPC, errno.EDQUOT) else e
