"""Finds the processes that a process left behind, by ancestry and by environment (Linux)."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Relative:
    """One process; with its start, since a number may be given to another one later."""

    pid: int
    started: str


def descendants_of(pid: int) -> set[Relative]:
    """List the children of a process, their children, and so on."""
    parents: dict[int, list[Relative]] = {}
    for entry in _processes():
        fields = _status(entry)
        if fields:
            relative = Relative(int(entry.name), fields[19])
            parents.setdefault(int(fields[1]), []).append(relative)
    found: set[Relative] = set()
    open_pids = [pid]
    while open_pids:
        children = parents.get(open_pids.pop(), [])
        found.update(children)
        open_pids += [child.pid for child in children]
    return found


def with_setting(name: str, value: str) -> set[Relative]:
    """List the processes that were started with this in their environment."""
    mark = f"{name}={value}".encode()
    found = set()
    for entry in _processes():
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:  # it ended meanwhile, or belongs to somebody else
            continue
        fields = _status(entry)
        if fields and mark in environment.split(b"\0"):
            found.add(Relative(int(entry.name), fields[19]))
    return found


def hang(relative: Relative) -> None:
    """Let it do nothing any more, not even hear that its parent is gone; only SIGKILL ends it."""
    os.kill(relative.pid, signal.SIGSTOP)


def runs(relative: Relative, module: str) -> bool:
    """Tell whether it was started as ``python -m module``."""
    try:
        command = (PROC / str(relative.pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return module.encode() in command


def is_alive(relative: Relative) -> bool:
    """Tell whether it still runs; one that nobody has waited for yet does not."""
    fields = _status(PROC / str(relative.pid))
    return bool(fields) and fields[0] not in "ZX" and fields[19] == relative.started


def end(relative: Relative) -> None:
    """Kill it, if it is still the same."""
    if is_alive(relative):
        os.kill(relative.pid, signal.SIGKILL)


def _processes() -> list[Path]:
    return [entry for entry in PROC.iterdir() if entry.name.isdigit()]


def _status(entry: Path) -> list[str]:
    """Read what /proc says after the name: state, parent, …; empty when it is gone."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
