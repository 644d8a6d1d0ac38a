"""The doctor tells of the certificate that signs: where, whose, until when, and what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.doctor import at_rest, signature
from pipeline.safety.certificate import ensure_chain
from pipeline.settings import Settings
from pipeline.types import Health


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def test_before_the_first_video_none_is_needed(settings: Settings, tmp_path: Path) -> None:
    found = signature(settings)

    assert found.health is Health.OK
    assert str(tmp_path / "provenance") in found.detail
    assert list(tmp_path.iterdir()) == [], "a doctor leaves nothing"


def test_where_it_lies_whose_it_is_and_until_when(settings: Settings, tmp_path: Path) -> None:
    ensure_chain(tmp_path / "provenance")

    found = signature(settings)

    assert found.health is Health.OK
    assert str(tmp_path / "provenance") in found.detail
    assert "made here" in found.detail
    assert re.search(r"until \d\d \w{3} 20\d\d", found.detail)


def test_a_damaged_one_means_no_videos(settings: Settings, tmp_path: Path) -> None:
    ensure_chain(tmp_path / "provenance")
    for file in (tmp_path / "provenance").iterdir():
        file.write_text("nothing")

    found = signature(settings)

    assert found.health is Health.MISSING
    assert "bolti provenance" in found.advice


def sealed(settings: Settings) -> Settings:
    store = settings.store.model_copy(update={"encryption_key": SecretStr("quite a long secret")})
    return settings.model_copy(update={"store": store})


def test_what_lies_unsealed_on_the_disk_is_said(settings: Settings, tmp_path: Path) -> None:
    without = at_rest(settings, in_memory=True)
    on_disk = at_rest(sealed(settings), in_memory=False)

    assert without.health is Health.NOTE
    assert "store.encryption_key" in without.advice
    assert on_disk.health is Health.NOTE
    assert str(tmp_path / "scratch") in on_disk.detail
    assert "store.scratch_folder" in on_disk.advice
    assert at_rest(sealed(settings), in_memory=True).health is Health.OK
