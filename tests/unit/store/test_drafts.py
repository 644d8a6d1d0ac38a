"""Drafts survive, expire, and are found by their key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.store.database import Database
from pipeline.store.drafts import Draft, Drafts
from pipeline.types import ArtifactKey

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DRAFT = Draft(
    key="1:0:1",
    portrait=ArtifactKey("drafts/1/portrait.png"),
    script="नमस्ते, दुनिया",
    portrait_message="17",
    updated_at=NOON,
)


async def test_a_draft_survives_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    first = Database(url)
    await first.open()
    await Drafts(first).put(DRAFT)
    await first.close()

    second = Database(url)
    await second.open()

    assert await Drafts(second).get(DRAFT.key) == DRAFT
    await second.close()


async def test_a_draft_replaces_the_one_before(drafts: Drafts) -> None:
    await drafts.put(DRAFT)
    await drafts.put(replace(DRAFT, script=None))

    assert await drafts.get(DRAFT.key) == replace(DRAFT, script=None)


async def test_a_deleted_draft_is_gone(drafts: Drafts) -> None:
    await drafts.put(DRAFT)
    await drafts.delete(DRAFT.key)
    await drafts.delete(DRAFT.key)

    assert await drafts.get(DRAFT.key) is None


async def test_old_drafts_expire_the_oldest_first(drafts: Drafts) -> None:
    for minutes in (0, 20, 10):
        at = NOON + timedelta(minutes=minutes)
        await drafts.put(replace(DRAFT, key=f"{minutes}:0:1", updated_at=at))

    expired = await drafts.expired(NOON + timedelta(minutes=20))

    assert [draft.key for draft in expired] == ["0:0:1", "10:0:1"]


async def test_a_time_without_a_zone_is_refused(drafts: Drafts) -> None:
    with pytest.raises(Exception, match="must be aware") as caught:
        await drafts.put(replace(DRAFT, updated_at=NOON.replace(tzinfo=None)))

    assert "नमस्ते" not in str(caught.value)


@pytest.fixture
def drafts(database: Database) -> Drafts:
    return Drafts(database)
