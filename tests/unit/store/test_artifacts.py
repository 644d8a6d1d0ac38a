"""What is special to artifacts in a folder: a full disk, no empty folders left."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.store.artifacts import ObjectStore, _translated
from pipeline.types import ArtifactKey

KEY = ArtifactKey("jobs/1/out.mp4")


async def test_no_empty_folder_stays_behind(tmp_path: Path) -> None:
    store = ObjectStore(f"file://{tmp_path / 'kept'}")
    await store.put_bytes(b"x", KEY)
    await store.delete_under("jobs/1")

    assert not (tmp_path / "kept" / "jobs" / "1").exists()


async def test_a_store_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    store = ObjectStore(f"file://{tmp_path / 'kept'}")
    (tmp_path / "kept" / "jobs").write_text("a file where a folder should be")

    with pytest.raises(errors.StoreError):
        await store.put_bytes(b"x", KEY)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_is_named(number: int) -> None:
    with pytest.raises(errors.DiskFull, match=KEY):
        async with _translated(KEY, 1.0):
            raise OSError(number, "full")


async def test_a_store_that_never_answers_is_unavailable() -> None:
    with pytest.raises(errors.StoreUnavailable):
        async with _translated(KEY, 0.0):
            raise TimeoutError
