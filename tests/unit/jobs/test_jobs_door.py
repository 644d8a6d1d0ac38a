"""What ``pipeline.jobs`` promises before anything is launched."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.jobs import Jobs, QueueName, requests
from pipeline.records import books_on
from pipeline.settings import Settings, StoreSettings
from pipeline.store import create
from pipeline.store.database import Database
from pipeline.types import ArtifactKey, JobId, RecordedScript, RenderRequest
from tests.agreed import CONSENT
from tests.integration.jobs_world import ASHA, REQUEST, FakeRender, job_id

PROBE = "import pipeline.jobs, sys; print(*({'dbos', 'sqlalchemy', 'psycopg'} & set(sys.modules)))"


def test_importing_it_is_light() -> None:
    root = Path(__file__).parents[3]
    probe = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=root, capture_output=True, text=True, check=True
    )

    assert probe.stdout.strip() == ""


def test_a_request_is_read_back_as_it_was() -> None:
    recorded = RenderRequest(
        consent=CONSENT,
        portrait=ArtifactKey("p"),
        script=RecordedScript(recording=ArtifactKey("r")),
        preview=True,
    )
    for request in (REQUEST, recorded):
        assert requests.load(requests.dump(request)) == request


async def test_orders_need_a_door(tmp_path: Path) -> None:
    jobs = await jobs_in(tmp_path)

    with pytest.raises(ValueError, match="needs a door"):
        await jobs.launch(listen=[QueueName.ORDERS], door=None)


async def test_a_full_disk_takes_no_job_and_keeps_nothing(tmp_path: Path) -> None:
    jobs = await jobs_in(tmp_path, min_free_bytes=1 << 60)

    with pytest.raises(errors.DiskFull):
        await jobs.submit(REQUEST, id=job_id(1), owner=ASHA, reply_to="{}")

    assert await jobs.of_owner(ASHA, unfinished=False) == []
    kept = await asyncio.to_thread(lambda: list((tmp_path / "artifacts").rglob("*.json")))
    assert kept == []


async def test_an_unknown_job_is_not_found(tmp_path: Path) -> None:
    jobs = await jobs_in(tmp_path)

    with pytest.raises(errors.JobNotFound):
        await jobs.get(JobId("tg-0"))


async def jobs_in(folder: Path, *, min_free_bytes: int = 0) -> Jobs:
    settings = Settings(data_dir=folder, store=StoreSettings(min_free_bytes=min_free_bytes))
    database = Database(settings.database_url)
    books = books_on(database)
    await database.open()
    return Jobs(
        settings=settings,
        books=books,
        store=create(settings),
        render=FakeRender(),
    )
