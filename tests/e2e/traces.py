"""Where something of a person can be found: in which tables, in which files of the data folder."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def tables_with(data_dir: Path, what: str) -> set[str]:
    """Name the tables, the job engine's too, of which a row holds this text."""
    database = sqlite3.connect(f"file:{data_dir / 'bolti.db'}?mode=ro", uri=True)
    try:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name
            for name in names
            if any(what in str(row) for row in database.execute(f'SELECT * FROM "{name}"'))
        }
    finally:
        database.close()


def files_with(data_dir: Path, what: bytes) -> set[str]:
    """Name the files whose bytes hold this, or whose path does; the database is a file too."""
    return {
        str(path.relative_to(data_dir))
        for path in data_dir.rglob("*")
        if path.is_file()
        and (what in path.read_bytes() or what.decode(errors="replace") in str(path))
    }
