"""What every artifact store promises, over every store there is. A new one is listed first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.sealing import Sealer
from pipeline.store import ArtifactStore
from pipeline.store.artifacts import ObjectStore
from pipeline.store.sealed import SealedStore
from pipeline.types import ArtifactKey
from tests import s3

STORES: dict[str, Callable[[Path], ArtifactStore]] = {
    "folder": lambda folder: ObjectStore(f"file://{folder / 'not there yet'}"),
    "memory": lambda folder: ObjectStore("memory:///"),
    "sealed": lambda folder: SealedStore(ObjectStore("memory:///"), Sealer(["a long secret"])),
}
BUCKET = "bucket"
KEY = ArtifactKey("jobs/tg-000000000001/out.mp4")
OTHER = ArtifactKey("jobs/tg-000000000002/out.mp4")


@pytest.fixture(scope="module")
def s3_server() -> Iterator[s3.S3Server]:
    with s3.running() as server:
        yield server


@pytest.fixture(params=[*STORES, BUCKET])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    if request.param != BUCKET:
        return STORES[request.param](tmp_path)
    server: s3.S3Server = request.getfixturevalue("s3_server")
    settings = server.settings()
    return ObjectStore(settings.url, settings)


async def test_what_was_put_is_fetched_whole(store: ArtifactStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 40_000)  # 10 MB: several chunks

    await store.put(source, KEY)
    fetched = await store.fetch(KEY, tmp_path / "fetched")

    assert fetched == tmp_path / "fetched"
    assert fetched.read_bytes() == source.read_bytes()
    assert not list(tmp_path.glob("*.part"))


async def test_the_last_put_wins(store: ArtifactStore) -> None:
    await store.put_bytes(b"one", KEY)
    await store.put_bytes(b"two", KEY)

    assert await store.read(KEY) == b"two"


async def test_an_empty_artifact_is_an_artifact(store: ArtifactStore, tmp_path: Path) -> None:
    await store.put_bytes(b"", KEY)

    assert await store.read(KEY) == b""
    assert (await store.fetch(KEY, tmp_path / "empty")).read_bytes() == b""


async def test_what_is_missing_says_so(store: ArtifactStore, tmp_path: Path) -> None:
    for call in (
        store.read(KEY),
        store.fetch(KEY, tmp_path / "into"),
        store.copy(KEY, OTHER),
    ):
        with pytest.raises(errors.ArtifactMissing, match=KEY):
            await call

    assert list(tmp_path.glob("into*")) == []


async def test_a_file_that_is_not_there_cannot_be_put(
    store: ArtifactStore, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        await store.put(tmp_path / "nothing", KEY)


async def test_a_copy_outlives_its_source(store: ArtifactStore) -> None:
    await store.put_bytes(b"portrait", KEY)
    await store.copy(KEY, OTHER)
    await store.delete(KEY)

    assert await store.read(OTHER) == b"portrait"
    with pytest.raises(errors.ArtifactMissing):
        await store.read(KEY)


async def test_deleting_what_is_not_there_is_fine(store: ArtifactStore) -> None:
    await store.delete(KEY)

    assert await store.delete_under("jobs/tg-000000000001") == 0


async def test_delete_under_takes_all_of_one_job_and_nothing_else(store: ArtifactStore) -> None:
    neighbour = ArtifactKey("jobs/tg-0000000000012/out.mp4")  # its name only begins the same
    for key in (KEY, ArtifactKey("jobs/tg-000000000001/deep/thumb.jpg"), OTHER, neighbour):
        await store.put_bytes(b"x", key)

    assert await store.delete_under("jobs/tg-000000000001") == 2
    assert await store.read(OTHER) == await store.read(neighbour) == b"x"


async def test_list_older_gives_what_was_stored_before(store: ArtifactStore) -> None:
    await store.put_bytes(b"x", KEY)
    now = datetime.now(UTC)

    assert await store.list_older("jobs", now + timedelta(minutes=1)) == [KEY]
    assert await store.list_older("jobs", now - timedelta(minutes=1)) == []
    assert await store.list_older("drafts", now + timedelta(minutes=1)) == []


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "jobs/../../x", "jobs//x", "jobs/.hidden", "jobs/a b", "a/"]
)
async def test_a_key_cannot_leave_the_store(
    store: ArtifactStore, tmp_path: Path, key: str
) -> None:
    bad = ArtifactKey(key)
    source = tmp_path / "source"
    source.write_bytes(b"x")
    calls = (
        store.put(source, bad),
        store.put_bytes(b"x", bad),
        store.read(bad),
        store.fetch(bad, tmp_path / "into"),
        store.delete(bad),
        store.copy(KEY, bad),
        store.copy(bad, KEY),
    )
    for call in calls:
        with pytest.raises(ValueError, match="Not a key"):
            await call


async def test_many_at_once_do_not_mix(store: ArtifactStore) -> None:
    keys = [ArtifactKey(f"jobs/{n}/x") for n in range(20)]
    await asyncio.gather(*(store.put_bytes(key.encode(), key) for key in keys))

    assert await asyncio.gather(*map(store.read, keys)) == [key.encode() for key in keys]
