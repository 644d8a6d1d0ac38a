"""Runs ffmpeg once, confined: its own process group, an empty environment, limits of every kind.

What a stranger sent is decoded here and not in the process that holds the token. Memory, CPU time
and the size of what it writes are limited by the kernel (on Linux); wall time by us. A stranger's
file is the only one that it can read then, and there is no network (``confine``). Cancelling
and running out of time kill the whole group. Knows no filter; ``filters`` builds what is run.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import confine, errors

MEMORY_BYTES = 2 << 30
FILE_BYTES = 400_000_000
CPU_SHARE = 4
"""Seconds of CPU per second of wall time: ffmpeg has a few threads."""
TAIL_CHARS = 8_000
ENVIRONMENT = {"LC_ALL": "C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyFiles:
    """What ffmpeg may open: both are there already."""

    source: Path
    into: Path


async def run_ffmpeg(
    arguments: Sequence[str], *, limit_s: float, only: OnlyFiles | None = None
) -> tuple[int, str]:
    """Run ffmpeg with these arguments; give its exit status and the end of what it said.

    With ``only`` it opens nothing else; that start costs 0.05 s more, so our own files do without.
    Raises ``ChildTimedOut``. Never shows what it said to a user: file names stand in there.
    """
    import imageio_ffmpeg

    process = await asyncio.create_subprocess_exec(
        *_launcher(only),
        imageio_ffmpeg.get_ffmpeg_exe(),
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    try:
        _limit(process.pid, limit_s)
        async with asyncio.timeout(limit_s):
            _, said = await process.communicate()
    except TimeoutError as e:
        raise errors.ChildTimedOut("ffmpeg", limit_s) from e
    finally:
        await asyncio.shield(asyncio.ensure_future(_end(process)))
    assert process.returncode is not None
    return process.returncode, said.decode(errors="replace")[-TAIL_CHARS:]


def _launcher(only: OnlyFiles | None) -> tuple[str, ...]:
    """Name the program that confines itself and then becomes ffmpeg, and what it leaves open."""
    if only is None:
        return ()
    # Isolated and without site-packages: what is not imported takes no time.
    return (sys.executable, "-I", "-S", confine.__file__, str(only.source), str(only.into))


def _limit(pid: int, limit_s: float) -> None:
    """Set the kernel's limits from outside: nothing of ours runs between fork and exec."""
    if sys.platform != "linux":
        return
    cpu_s = round(limit_s * CPU_SHARE) + 1
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.prlimit(pid, kind, (most, most))
        except ProcessLookupError:  # it has ended already
            return


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        await process.communicate()
