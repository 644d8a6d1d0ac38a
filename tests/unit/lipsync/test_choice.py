"""Which engine is taken, and why."""

from pathlib import Path

import pytest

from pipeline.latentsync import devices
from pipeline.latentsync.releases import Release, parts
from pipeline.lipsync import choose_engine, create
from pipeline.lipsync.weights import write_receipt
from pipeline.settings import LatentSyncSettings
from pipeline.types import EngineChoice, EngineName


def published_sizes(folder: Path) -> LatentSyncSettings:
    """Lay out files of the published sizes, which hold nothing."""
    for part in parts(Release.V16):
        path = folder / Release.V16 / part.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(part.size_bytes)  # takes no room on the disk
    return LatentSyncSettings(weights=str(folder))


def test_auto_takes_the_warp_engine_without_weights_and_says_why(tmp_path: Path) -> None:
    name, reason = choose_engine(
        EngineChoice.AUTO, LatentSyncSettings(weights=str(tmp_path / "nowhere"))
    )

    assert name is EngineName.WARP
    assert "latentsync-1.6 are absent (bolti models pull latentsync-1.6)" in reason


def test_auto_takes_no_weights_that_nobody_verified(tmp_path: Path) -> None:
    name, reason = choose_engine(EngineChoice.AUTO, published_sizes(tmp_path))

    assert name is EngineName.WARP
    assert "not verified (bolti models verify latentsync-1.6)" in reason


def test_auto_takes_latentsync_with_verified_weights_where_the_gpus_are(tmp_path: Path) -> None:
    settings = published_sizes(tmp_path)
    write_receipt(tmp_path / Release.V16, Release.V16)
    lacking = devices.missing_package() or devices.absent_device(settings.devices)

    name, reason = choose_engine(EngineChoice.AUTO, settings)

    assert name is (EngineName.WARP if lacking else EngineName.LATENTSYNC)
    assert (lacking or "verified weights") in reason


def test_auto_never_takes_hours_on_a_cpu(tmp_path: Path) -> None:
    settings = published_sizes(tmp_path).model_copy(update={"devices": ("cpu",)})
    write_receipt(tmp_path / Release.V16, Release.V16)

    name, reason = choose_engine(EngineChoice.AUTO, settings)

    assert name is EngineName.WARP
    assert "CPU" in reason


@pytest.mark.parametrize("choice", [EngineChoice.WARP, EngineChoice.LATENTSYNC])
def test_an_engine_asked_for_by_name_is_the_one_that_is_made(choice: EngineChoice) -> None:
    name, reason = choose_engine(choice, LatentSyncSettings())

    assert name == choice.value
    assert reason == "asked for"
    assert create(name, LatentSyncSettings()).name is name
