"""A blocked photo is known again, smaller, compressed or darker; another face is not it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from pipeline import errors
from pipeline.safety.audit import Audit
from pipeline.safety.blocks import Blocks
from pipeline.safety.photo_print import is_same, print_of
from pipeline.store.audit import AuditTable
from pipeline.store.blocks import BlockTable
from pipeline.store.database import Database
from pipeline.types import JobId
from tests import faces

JOB = JobId("tg-000000000001")


@pytest.fixture
async def blocks(tmp_path: Path) -> AsyncIterator[Blocks]:
    database = Database(f"sqlite:///{tmp_path / 'rows.db'}")
    await database.open()
    yield Blocks(BlockTable(database), Audit(AuditTable(database), b"key"))
    await database.close()


def saved(image: Image.Image, path: Path) -> Path:
    image.save(path)
    return path


@pytest.fixture
def hopper(tmp_path: Path) -> Path:
    return saved(Image.open(faces.hopper()).convert("RGB"), tmp_path / "hopper.png")


@pytest.mark.parametrize("change", ["smaller", "compressed", "darker", "rimmed"])
async def test_a_blocked_photo_is_refused_in_other_clothes(
    blocks: Blocks, hopper: Path, tmp_path: Path, change: str
) -> None:
    await blocks.block_photo(hopper, "optout")
    photo = Image.open(hopper)
    width, height = photo.size
    match change:
        case "smaller":
            again = saved(photo.resize((width // 3, height // 3)), tmp_path / "again.png")
        case "compressed":
            again = tmp_path / "again.jpg"
            photo.save(again, quality=25)
        case "darker":
            again = saved(ImageEnhance.Brightness(photo).enhance(0.7), tmp_path / "again.png")
        case _:
            rim = photo.crop((width // 100, height // 100, width, height))
            again = saved(rim, tmp_path / "again.png")

    with pytest.raises(errors.PhotoBlocked):
        await blocks.refuse(again)


async def test_another_face_is_not_refused(blocks: Blocks, hopper: Path, tmp_path: Path) -> None:
    await blocks.block_photo(hopper, "optout")

    other = saved(Image.open(faces.astronaut()).convert("RGB"), tmp_path / "other.png")
    await blocks.refuse(other)


async def test_a_photo_too_plain_to_know_again_blocks_itself_only(
    blocks: Blocks, tmp_path: Path
) -> None:
    plain = saved(Image.new("RGB", (200, 200), (90, 90, 90)), tmp_path / "plain.png")
    await blocks.block_photo(plain, "optout")

    await blocks.refuse(saved(Image.new("RGB", (200, 200), (91, 90, 90)), tmp_path / "p.png"))
    with pytest.raises(errors.PhotoBlocked):
        await blocks.refuse(plain)


async def test_the_photo_of_an_order_can_be_blocked_after_it_is_deleted(
    blocks: Blocks, hopper: Path
) -> None:
    await blocks.admit(JOB, hopper)
    await blocks.refuse(hopper)

    assert await blocks.block_photo_of(JOB, "mine")

    with pytest.raises(errors.PhotoBlocked):
        await blocks.admit(JobId("tg-000000000002"), hopper)
    assert not await blocks.block_photo_of(JobId("tg-000000000009"), "mine")


def test_faces_of_different_people_look_different(tmp_path: Path) -> None:
    prints = [
        print_of(saved(Image.open(path).convert("RGB"), tmp_path / f"{n}.png"))
        for n, path in enumerate((faces.hopper(), faces.astronaut()))
    ]

    assert not is_same(*prints)
