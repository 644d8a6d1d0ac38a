"""Sealed artifacts: nothing readable on the disk, nothing changed unseen, keys can change."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import errors
from pipeline.sealing import Sealer
from pipeline.settings import Settings, StoreSettings
from pipeline.store import create
from pipeline.store.artifacts import ObjectStore
from pipeline.store.sealed import SealedStore
from pipeline.types import ArtifactKey

KEY = ArtifactKey("jobs/tg-000000000001/request.json")
WORDS = b"The marigold garland waits behind the third window."


def store_in(folder: Path, *passwords: str) -> SealedStore:
    return SealedStore(ObjectStore(f"file://{folder / 'artifacts'}"), Sealer(passwords))


def stored(folder: Path) -> Path:
    (path,) = (p for p in (folder / "artifacts").rglob("*") if p.is_file())
    return path


@pytest.mark.parametrize("way", ["bytes", "file"])
async def test_nothing_of_what_was_stored_can_be_read_on_the_disk(
    tmp_path: Path, way: str
) -> None:
    store = store_in(tmp_path, "a long secret")
    if way == "bytes":
        await store.put_bytes(WORDS, KEY)
    else:
        (tmp_path / "file").write_bytes(WORDS)
        await store.put(tmp_path / "file", KEY)

    assert b"marigold" not in stored(tmp_path).read_bytes()
    assert await store.read(KEY) == WORDS
    assert (await store.fetch(KEY, tmp_path / "back")).read_bytes() == WORDS


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
async def test_every_size_comes_back(tmp_path: Path, size: int) -> None:
    store, data = store_in(tmp_path, "a long secret"), bytes(size)

    await store.put_bytes(data, KEY)

    assert await store.read(KEY) == data
    assert (await store.fetch(KEY, tmp_path / "back")).read_bytes() == data


@pytest.mark.parametrize("damage", ["changed", "cut in a piece", "cut between pieces"])
async def test_damage_is_never_given_out(tmp_path: Path, damage: str) -> None:
    store = store_in(tmp_path, "a long secret")
    await store.put_bytes(bytes(2 << 20), KEY)
    path = stored(tmp_path)
    data = path.read_bytes()
    match damage:
        case "changed":
            path.write_bytes(data[:-100] + b"!" + data[-99:])
        case "cut in a piece":
            path.write_bytes(data[:-100])
        case _:
            path.write_bytes(data[: 30 + (1 << 20) + 16])

    with pytest.raises(errors.ArtifactMissing):
        await store.read(KEY)
    with pytest.raises(errors.ArtifactMissing):
        await store.fetch(KEY, tmp_path / "back")
    assert [p.name for p in tmp_path.iterdir()] == ["artifacts"]


async def test_a_new_key_reads_what_the_former_one_sealed(tmp_path: Path) -> None:
    await store_in(tmp_path, "the former secret").put_bytes(WORDS, KEY)

    assert await store_in(tmp_path, "the new secret", "the former secret").read(KEY) == WORDS
    with pytest.raises(errors.ArtifactMissing):
        await store_in(tmp_path, "the new secret").read(KEY)


async def test_what_lay_there_before_can_still_be_read(tmp_path: Path) -> None:
    await ObjectStore(f"file://{tmp_path / 'artifacts'}").put_bytes(WORDS, KEY)
    store = store_in(tmp_path, "a long secret")

    assert await store.read(KEY) == WORDS
    assert (await store.fetch(KEY, tmp_path / "back")).read_bytes() == WORDS


async def test_a_secret_in_the_settings_turns_it_on(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, store=StoreSettings.model_validate({"encryption_key": "s" * 16})
    )

    await create(settings).put_bytes(WORDS, KEY)

    assert b"marigold" not in stored(tmp_path).read_bytes()
