"""Which version this is, and of which commit it was made.

An image or a wheel carries the commit in a file beside this one, written when it is built; in a
checkout git's own files tell. Changes that are not committed are not seen. Nothing is run for it.
"""

from __future__ import annotations

import importlib.metadata
import re
from functools import cache
from pathlib import Path

UNKNOWN = "unknown"
HERE = Path(__file__).parent
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
SHORT = 10


def version() -> str:
    """Give the version of this installation."""
    try:
        return importlib.metadata.version("bolti")
    except importlib.metadata.PackageNotFoundError:
        return "?"


@cache
def commit() -> str:
    """Give the commit of the code that runs, or ``unknown``."""
    return commit_of(HERE)


def commit_of(folder: Path) -> str:
    """Give the commit of the code in a folder, or ``unknown``. Reads a few small files."""
    try:
        written = folder / "COMMIT"
        found = written.read_text() if written.is_file() else _head(folder.parent / ".git")
    except (OSError, ValueError):
        return UNKNOWN
    return found.strip() if COMMIT.fullmatch(found.strip()) else UNKNOWN


def named() -> str:
    """Give both for people: ``0.1.0 (1a2b3c4d5e)``."""
    return f"{version()} ({commit()[:SHORT]})"


def _head(git: Path) -> str:
    """Follow HEAD to its commit: through a worktree's file, a branch's file or the packed ones."""
    if git.is_file():  # a worktree: "gitdir: /somewhere/.git/worktrees/name"
        git = git.parent / git.read_text().removeprefix("gitdir:").strip()
    head = (git / "HEAD").read_text().strip()
    if not head.startswith("ref:"):
        return head
    branch = head.removeprefix("ref:").strip()
    shared = git / "commondir"
    common = git / shared.read_text().strip() if shared.is_file() else git
    if (common / branch).is_file():
        return (common / branch).read_text()
    packed = (common / "packed-refs").read_text().splitlines()
    return next((line.split()[0] for line in packed if line.endswith(f" {branch}")), UNKNOWN)
