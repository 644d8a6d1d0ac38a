"""``bolti backup`` and ``bolti restore``: there and back, and nobody is remembered by it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from pipeline.jobs.liveness import FileLiveness
from pipeline.records import open_records
from pipeline.rights import Rights
from pipeline.settings import Settings
from pipeline.types import Owner
from tests.e2e.test_cli import bolti

ASHA, RAVI = Owner("telegram:1"), Owner("telegram:2")


async def choose(settings: Settings, *people: Owner) -> None:
    async with open_records(settings) as records:
        for who in people:
            await records.preferences.change(who, language="hi")


async def known(settings: Settings) -> set[Owner]:
    async with open_records(settings) as records:
        return await records.personal.everybody()


async def forget(settings: Settings, who: Owner) -> None:
    async with open_records(settings) as records:
        await Rights(records, settings).forget(who, ())


def test_there_and_back_and_whoever_was_forgotten_since_stays_forgotten(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    asyncio.run(choose(settings, ASHA, RAVI))
    made = bolti(tmp_path, "backup", "--into", "copies", "--json")
    asyncio.run(forget(settings, ASHA))
    asyncio.run(choose(settings, Owner("telegram:3")))
    worker = FileLiveness(settings.data_dir / "bolti.db")
    worker.acquire("gpu-1")

    file = json.loads(made.stdout)["file"]
    refused = bolti(tmp_path, "restore", file)
    worker.release()
    restored = bolti(tmp_path, "restore", file)

    assert made.returncode == 0, made.stderr
    assert refused.returncode == 66
    assert "in use by 'gpu-1'" in refused.stderr
    assert restored.returncode == 0, restored.stderr
    assert "Forgotten again, as they had asked since that backup: 1." in restored.stdout
    assert asyncio.run(known(settings)) == {RAVI}
    assert len(list((settings.data_dir / "backups").glob("former-*.sqlite"))) == 1


def test_postgresql_is_left_to_its_own_tools(tmp_path: Path) -> None:
    database = ("BOLTI_JOBS__DATABASE", "postgresql://bolti:secret@localhost/bolti")

    ended = bolti(tmp_path, "backup", settings=(database,))

    assert ended.returncode == 1
    assert "pg_dump" in ended.stderr
    assert "secret" not in ended.stderr
