"""Ask the probe: start it, give it a file, hear what came of it, and start it again if it died."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline import errors
from pipeline.child import Child
from pipeline.settings import child_environment
from tests.hostile import Door

LIMIT_S = 30.0
MOST_BYTES = 900 << 20
"""The stated bound of memory while any one file is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What came of a file."""

    code: str | None
    """The error of the tree; None where it was read."""
    fault: str | None
    """What may never happen: a crash, a hang, another error, too much memory."""
    took_s: float
    peak_bytes: int


class Probe:
    """One confined process and its folder."""

    def __init__(self, folder: Path) -> None:
        root = str(Path(__file__).resolve().parents[2])
        environment = child_environment() | {"PYTHONPATH": root}
        self._folder = folder
        self._child = Child("probe", "tests.hostile.probe", environment, str(folder))

    async def reads(self, door: Door, content: bytes) -> Fate:
        """Have one file read."""
        path = self._folder / "sent"
        path.write_bytes(content)
        request = {"door": door.value, "path": str(path)}
        try:
            told = await self._child.ask(request, limit_s=LIMIT_S)
        except errors.ChildTimedOut:
            return Fate(code=None, fault="hang", took_s=LIMIT_S, peak_bytes=0)
        except errors.ChildDied as e:
            return Fate(code=None, fault=f"crash, status {e.status}", took_s=0, peak_bytes=0)
        fault, peak_bytes = told["bug"], int(told["peak_bytes"])
        if fault is None and peak_bytes > MOST_BYTES:
            fault = f"{peak_bytes >> 20} MB of memory"
            await self._child.close()  # the peak is of the process: the next file starts anew
        return Fate(
            code=told["code"], fault=fault, took_s=float(told["took_s"]), peak_bytes=peak_bytes
        )

    async def close(self) -> None:
        """End it."""
        await self._child.close()


@asynccontextmanager
async def probe(folder: Path) -> AsyncIterator[Probe]:
    """Open one in an empty folder."""
    opened = Probe(folder.resolve())
    try:
        yield opened
    finally:
        await opened.close()
