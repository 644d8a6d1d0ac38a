"""Scratch folders: private, empty at first, gone at the end whatever happens.

A job's folder may outlive a try that is made again, with its journal (its speech and its finished
frames) and nothing else in it. What a killed process left is kept the same way for the next try
of its job; ``prune`` deletes what no living job owns. Knows folders; knows no video.
"""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pipeline import errors
from pipeline.types import JobId

JOURNAL = "journal"
"""What a job keeps between two tries."""
MOUNTS = Path("/proc/self/mounts")
IN_MEMORY = frozenset({"tmpfs", "ramfs"})


def is_in_memory(folder: Path, mounts: Path = MOUNTS) -> bool:
    """Tell whether what lies in a folder is in memory only; not where the system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    kinds = dict[Path, str]()
    for line in lines:
        _, place, kind, *_ = line.split(" ")
        kinds[Path(place.encode().decode("unicode_escape"))] = kind  # the last one covers others
    whole = folder.resolve()
    return next((kinds[p] for p in (whole, *whole.parents) if p in kinds), "") in IN_MEMORY


@asynccontextmanager
async def scratch_folder(parent: Path, name: str) -> AsyncIterator[Path]:
    """Give an empty folder that only this user can read, and delete it whatever happens."""
    folder = parent / name
    await asyncio.to_thread(_make_empty, folder)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


class JobFolders:
    """The scratch folders of jobs, of which each is tried at most so many times here.

    ``is_stopping`` tells whether this process is ending: a job that is cancelled then goes on in
    the next one.
    """

    def __init__(self, parent: Path, tries: int, is_stopping: Callable[[], bool]) -> None:
        self._parent, self._tries, self._is_stopping = parent, tries, is_stopping
        self._failed: Counter[JobId] = Counter()

    @asynccontextmanager
    async def open(self, job_id: JobId) -> AsyncIterator[Path]:
        """Give a job its folder, empty but for the journal of an earlier try.

        Afterwards the journal stays if the block raised an error that is tried again, or was cut
        off because the process stops; everything goes with the last try, with any other error, and
        when its owner cancels the job.
        """
        folder = self._parent / job_id
        await asyncio.to_thread(_make_empty, folder, JOURNAL)
        again = False
        try:
            yield folder
        except errors.BoltiError as e:
            self._failed[job_id] += 1
            again = e.retryable and self._failed[job_id] < self._tries
            raise
        except asyncio.CancelledError:
            again = self._is_stopping()
            raise
        finally:
            if not again:
                self._failed.pop(job_id, None)
            await asyncio.to_thread(_leave, folder, JOURNAL if again else None)


def _make_empty(folder: Path, kept: str | None = None) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.DiskFull(f"the folder {folder.name}") from e
        raise
    folder.chmod(0o700)
    for path in folder.iterdir():
        if path.name != kept:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def _leave(folder: Path, kept: str | None) -> None:
    if kept is not None and (folder / kept).is_dir():
        _make_empty(folder, kept)
    else:
        shutil.rmtree(folder, ignore_errors=True)
