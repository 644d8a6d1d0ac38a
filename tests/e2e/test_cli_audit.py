"""``bolti audit verify`` on the trail that a chat left."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from pipeline.records import open_records
from pipeline.safety.audit import Event
from pipeline.settings import Settings
from pipeline.types import Owner
from tests.e2e.test_cli import bolti

ASHA = Owner("telegram:1")


async def leave_a_trail(folder: Path) -> None:
    async with open_records(Settings(data_dir=folder / "data")) as records:
        for number in range(3):
            await records.audit.record(
                Event.ORDERED, who=Owner("telegram:1"), about=f"tg-{number}"
            )


def test_a_whole_trail_and_a_changed_one(tmp_path: Path) -> None:
    empty = bolti(tmp_path, "audit", "verify")
    asyncio.run(leave_a_trail(tmp_path))

    whole = bolti(tmp_path, "audit", "verify")
    with sqlite3.connect(tmp_path / "data" / "bolti.db") as database:
        database.execute("UPDATE audit SET about = 'tg-9' WHERE number = 2")
    database.close()
    changed = bolti(tmp_path, "audit", "verify")

    assert empty.returncode == 0
    assert "is empty" in empty.stdout
    assert whole.returncode == 0
    assert "whole: 3 rows. Newest: " in whole.stdout
    assert changed.returncode == 83
    assert "does not hold at row 2" in changed.stderr
