"""Preferences: kept per person and across restarts; what was never chosen stays open."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.store.database import Database
from pipeline.store.preferences import PreferenceRows, Preferences
from pipeline.types import Motion, Owner, Quality, Shape, VoiceId

ALICE, BOB = Owner("telegram:501"), Owner("telegram:502")


@pytest.fixture
def rows(database: Database) -> PreferenceRows:
    return PreferenceRows(database)


async def test_who_never_chose_has_nothing_chosen(rows: PreferenceRows) -> None:
    assert await rows.get(ALICE) == Preferences()


async def test_one_choice_leaves_the_others(rows: PreferenceRows) -> None:
    await rows.change(ALICE, voice=VoiceId("hi-IN-SwaraNeural"), rate_pct=-20)
    await rows.change(ALICE, quality=Quality.BEST, captions=True)

    assert await rows.get(ALICE) == Preferences(
        voice=VoiceId("hi-IN-SwaraNeural"), rate_pct=-20, quality=Quality.BEST, captions=True
    )
    assert await rows.get(BOB) == Preferences()


async def test_a_choice_can_be_taken_back(rows: PreferenceRows) -> None:
    await rows.change(ALICE, motion=Motion.LIVELY, shape=Shape.TALL)

    left = await rows.change(ALICE, motion=None)

    assert left == Preferences(shape=Shape.TALL)


async def test_choices_outlive_the_process(rows: PreferenceRows, tmp_path: Path) -> None:
    await rows.change(ALICE, language="hi", confirm=True)
    other = Database(f"sqlite:///{tmp_path / 'folder' / 'rows.db'}")
    await other.open()

    assert await PreferenceRows(other).get(ALICE) == Preferences(language="hi", confirm=True)
    await other.close()


async def test_all_of_it_can_be_forgotten(rows: PreferenceRows) -> None:
    await rows.change(ALICE, pitch_hz=10)

    assert await rows.delete(ALICE)
    assert not await rows.delete(ALICE)
    assert await rows.get(ALICE) == Preferences()


async def test_a_wrong_name_or_value_is_a_bug_and_stored_nowhere(rows: PreferenceRows) -> None:
    with pytest.raises(TypeError, match="colour"):
        await rows.change(ALICE, colour="red")
    with pytest.raises(ValidationError):
        await rows.change(ALICE, quality="superb")

    assert await rows.get(ALICE) == Preferences()
