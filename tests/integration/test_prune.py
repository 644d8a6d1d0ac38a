"""Pruning deletes what is older than its time, and never what an unfinished job needs."""

import asyncio
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.booth import Booth
from pipeline.bootstrap import open_services
from pipeline.line import OpenLimits
from pipeline.prune import FOLDERS, Pruned, prune
from pipeline.records import Records, open_records
from pipeline.settings import Settings, child_environment
from pipeline.speech import speech_shelf
from pipeline.store.drafts import Draft
from pipeline.types import ArtifactKey, Failure, JobId, Owner, Speech
from tests.unit import confined_child

ROOT = Path(__file__).parents[2]
TOMORROW = timedelta(hours=30)
OWNER = Owner("telegram:1")


async def add_job(records: Records, number: int, *, finished: bool) -> JobId:
    """Store a job and its artifacts."""
    job_id = JobId(f"tg-{number:012d}")
    await records.store.put_bytes(b"{}", ArtifactKey(f"jobs/{job_id}/request.json"))
    await records.store.put_bytes(b"video", ArtifactKey(f"jobs/{job_id}/out.mp4"))
    await records.orders.add(job_id, owner=OWNER, reply_to="{}", limits=OpenLimits(owner=9))
    if finished:
        failure = Failure(code="internal", detail="", retryable=False)
        await records.orders.fail(job_id, failure)
    return job_id


async def prune_at(settings: Settings, records: Records, later: timedelta) -> Pruned:
    """Prune as if that much time had passed."""
    now = datetime.now(UTC) + later
    return await prune(settings, records, now)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Keep everything in a folder of the test."""
    return Settings(data_dir=tmp_path)


async def test_artifacts_of_finished_jobs_go_when_their_time_is_over(settings: Settings) -> None:
    async with open_records(settings) as records:
        job_id = await add_job(records, 1, finished=True)

        young = await prune_at(settings, records, timedelta(hours=23))
        old = await prune_at(settings, records, TOMORROW)

        assert young.artifacts == 0
        assert old.artifacts == 2
        with pytest.raises(errors.ArtifactMissing):
            await records.store.read(ArtifactKey(f"jobs/{job_id}/out.mp4"))
        assert await records.orders.find(job_id) is not None, "the row tells what came of it"


async def test_what_a_dead_process_left_of_a_final_job_goes_soon(settings: Settings) -> None:
    async with open_records(settings) as records:
        done, open_job = (
            await add_job(records, 1, finished=True),
            await add_job(records, 2, finished=False),
        )
        names = (done, f"send-{done}", f"{done}-preview", open_job, "intake-7")
        for name in names:
            (settings.scratch_dir / name).mkdir(parents=True)

        soon = await prune_at(settings, records, timedelta(minutes=2))

        assert soon.scratch_folders == 3
        assert {path.name for path in settings.scratch_dir.iterdir()} == {open_job, "intake-7"}


async def test_an_unfinished_job_keeps_everything_however_old(settings: Settings) -> None:
    async with open_records(settings) as records:
        job_id = await add_job(records, 1, finished=False)
        folder = settings.scratch_dir / job_id
        folder.mkdir(parents=True)
        os.utime(folder, (0, 0))

        pruned = await prune_at(settings, records, timedelta(days=200))

        assert pruned == Pruned(artifacts=0, drafts=0, scratch_folders=0, rows=0)
        assert await records.store.read(ArtifactKey(f"jobs/{job_id}/out.mp4")) == b"video"
        assert folder.is_dir()


async def test_a_job_that_waited_long_keeps_its_video_for_the_full_time(
    settings: Settings,
) -> None:
    async with open_records(settings) as records:
        job_id = await add_job(records, 1, finished=True)
        for path in (settings.data_dir / "artifacts" / "jobs" / job_id).iterdir():
            os.utime(path, (0, 0))

        pruned = await prune_at(settings, records, timedelta(hours=23))

        assert pruned.artifacts == 0
        assert await records.store.read(ArtifactKey(f"jobs/{job_id}/out.mp4")) == b"video"


async def test_artifacts_that_no_row_knows_go(settings: Settings) -> None:
    async with open_records(settings) as records:
        await records.store.put_bytes(b"{}", ArtifactKey("jobs/tg-000000000009/request.json"))

        assert (await prune_at(settings, records, TOMORROW)).artifacts == 1
        assert (await prune_at(settings, records, TOMORROW)).artifacts == 0


async def test_expired_drafts_go_with_their_photo_and_young_ones_stay(settings: Settings) -> None:
    async with open_records(settings) as records:
        now = datetime.now(UTC)
        photo = ArtifactKey("drafts/a/portrait.png")
        await records.store.put_bytes(b"png", photo)
        old, young = (
            Draft(key="1:0:1", portrait=photo, updated_at=now - timedelta(minutes=31)),
            Draft(key="2:0:2", script="hello", updated_at=now),
        )
        await records.drafts.put(old)
        await records.drafts.put(young)

        pruned = await prune_at(settings, records, timedelta())

        assert pruned.drafts == 1
        assert await records.drafts.get("1:0:1") is None
        assert await records.drafts.get("2:0:2") is not None
        with pytest.raises(errors.ArtifactMissing):
            await records.store.read(photo)


async def test_photos_of_drafts_stay_while_their_draft_lives(settings: Settings) -> None:
    async with open_records(settings) as records:
        living, left = ArtifactKey("drafts/a/1.png"), ArtifactKey("drafts/b/2.png")
        for key in (living, left):
            await records.store.put_bytes(b"png", key)
            os.utime(settings.data_dir / "artifacts" / key, (0, 0))
        draft = Draft(key="1:0:1", portrait=living, updated_at=datetime.now(UTC))
        await records.drafts.put(draft)

        pruned = await prune_at(settings, records, timedelta())

        assert pruned.artifacts == 1
        assert await records.store.read(living) == b"png"
        with pytest.raises(errors.ArtifactMissing):
            await records.store.read(left)


async def test_services_prune_by_themselves_and_stop_at_once(settings: Settings) -> None:
    stale = settings.scratch_dir / "stale"
    stale.mkdir(parents=True)
    os.utime(stale, (0, 0))

    async with asyncio.timeout(30), open_services(settings):
        while stale.exists():  # noqa: ASYNC110  a condition with a time limit
            await asyncio.sleep(0.02)


async def test_scratch_folders_of_dead_processes_go(settings: Settings) -> None:
    async with open_records(settings) as records:
        stale, touched = settings.scratch_dir / "stale", settings.scratch_dir / "touched"
        for folder in (stale, touched):
            folder.mkdir(parents=True)
            (folder / "part").write_bytes(b"x")
        os.utime(stale / "part", (0, 0))
        os.utime(stale, (0, 0))
        os.utime(touched, (0, 0))

        pruned = await prune_at(settings, records, timedelta())

        assert pruned.scratch_folders == 1
        assert not stale.exists()
        assert touched.is_dir()


async def test_a_booths_folder_lives_as_long_as_its_process(settings: Settings) -> None:
    environment = child_environment() | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    booth = Booth("idle", confined_child.NAME, environment, settings.scratch_dir)
    async with open_records(settings) as records:
        await booth.start()
        (living,) = settings.scratch_dir.iterdir()
        killed = settings.scratch_dir / "booth-idle-1-00000000"
        killed.mkdir()

        pruned = await prune_at(settings, records, timedelta(days=2))
        await booth.close()

    assert pruned.scratch_folders == 1
    assert not killed.exists()
    assert not living.exists(), "closed"


async def test_rows_of_finished_jobs_go_after_three_months(settings: Settings) -> None:
    async with open_records(settings) as records:
        done, waiting = [await add_job(records, n, finished=n == 1) for n in (1, 2)]

        pruned = await prune_at(settings, records, timedelta(days=91))

        assert pruned.rows == 3, "the order, and two events of its history"
        assert await records.orders.find(done) is None
        assert await records.orders.find(waiting) is not None


async def test_nothing_to_prune_is_fine(settings: Settings) -> None:
    async with open_records(settings) as records:
        pruned = await prune_at(settings, records, TOMORROW)

        assert pruned == Pruned(artifacts=0, drafts=0, scratch_folders=0, rows=0)


async def test_speech_that_was_kept_goes_when_its_time_is_over(
    settings: Settings, tmp_path: Path
) -> None:
    spoken = tmp_path / "a.wav"
    spoken.write_bytes(b"sound")
    speech = Speech(
        path=spoken, duration_s=1, sample_rate_hz=8_000, provider="edge", voice_id=None
    )
    speech_shelf(settings.speech, settings.speech_dir, None).put("ab" * 32, speech)
    async with open_records(settings) as records:
        young = await prune_at(settings, records, timedelta(hours=23))
        old = await prune_at(settings, records, TOMORROW)

    assert (young.speeches, old.speeches) == (0, 1)
    assert not [path for path in settings.speech_dir.rglob("*") if path.is_file()]


def test_everything_that_lies_in_the_data_folder_has_a_stated_life() -> None:
    """A path that the code makes there is a line in ``FOLDERS``."""
    made = re.compile(r"data_dir(?:\.resolve\(\))? / ['\"]([\w.]+)['\"]")
    sources = [p for name in ("bot", "pipeline") for p in (ROOT / name).rglob("*.py")]
    found = {name for path in sources for name in made.findall(path.read_text("utf-8"))}

    assert found == set(FOLDERS)
