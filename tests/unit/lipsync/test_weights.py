"""What `bolti models` knows about the weights on this machine, without reading 5 GB."""

import os
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.latentsync.releases import UNET_HALF_NAME, Release, parts
from pipeline.lipsync import weights
from pipeline.lipsync.weights import State
from pipeline.settings import LatentSyncSettings

V16 = Release.V16


@pytest.fixture
def settings(tmp_path: Path) -> LatentSyncSettings:
    return LatentSyncSettings(weights=str(tmp_path))


def lay_out(settings: LatentSyncSettings, *, shorter_by: int = 0) -> Path:
    """Files of the published names and sizes, which take no room on the disk."""
    folder = weights.folder_of(settings, V16)
    for part in parts(V16):
        (folder / part.name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / part.name).open("wb") as file:
            file.truncate(part.size_bytes - shorter_by)
    return folder


def test_an_empty_folder_says_what_to_pull(settings: LatentSyncSettings) -> None:
    found = weights.stock(settings, V16)

    assert found.state is State.ABSENT
    assert found.advice == "bolti models pull latentsync-1.6"
    assert found.resolution_px == 512
    assert 5.4e9 < found.size_bytes < 5.6e9


def test_a_short_or_missing_file_is_an_incomplete_release(settings: LatentSyncSettings) -> None:
    folder = lay_out(settings, shorter_by=1)
    assert weights.stock(settings, V16).state is State.INCOMPLETE

    lay_out(settings)
    (folder / "whisper/tiny.pt").unlink()
    assert weights.stock(settings, V16).state is State.INCOMPLETE


def test_a_receipt_holds_until_a_file_changes(settings: LatentSyncSettings) -> None:
    folder = lay_out(settings)
    assert weights.stock(settings, V16).state is State.UNVERIFIED

    weights.write_receipt(folder, V16)
    assert weights.stock(settings, V16).state is State.VERIFIED

    os.utime(folder / "whisper/tiny.pt", (1, 1))
    assert weights.stock(settings, V16).state is State.UNVERIFIED


def test_a_conversion_that_appears_by_itself_is_not_trusted(settings: LatentSyncSettings) -> None:
    folder = lay_out(settings)
    weights.write_receipt(folder, V16)

    (folder / UNET_HALF_NAME).write_bytes(b"from somewhere")

    assert weights.stock(settings, V16).is_half
    assert weights.stock(settings, V16).state is State.UNVERIFIED


@pytest.mark.parametrize("receipt", [b"", b"[]", b"\xff\xfe", b'{"whisper/tiny.pt": [1, 2]}'])
def test_a_broken_receipt_is_no_receipt(settings: LatentSyncSettings, receipt: bytes) -> None:
    folder = lay_out(settings)

    (folder / weights.RECEIPT_NAME).write_bytes(receipt)

    assert weights.stock(settings, V16).state is State.UNVERIFIED


def test_verifying_names_every_wrong_file_and_takes_the_receipt_away(
    settings: LatentSyncSettings,
) -> None:
    folder = lay_out(settings, shorter_by=1)
    (folder / "whisper/tiny.pt").unlink()
    weights.write_receipt(folder, V16)

    with pytest.raises(errors.WeightsUnusable) as caught:
        weights.verify(settings, V16)

    assert "latentsync_unet.pt: wrong size" in str(caught.value)
    assert "whisper/tiny.pt: missing" in str(caught.value)
    assert "bolti models pull latentsync-1.6" in str(caught.value)
    assert not (folder / weights.RECEIPT_NAME).exists()


def test_a_mirror_without_the_files_is_told_and_leaves_no_receipt(
    settings: LatentSyncSettings, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()

    with pytest.raises(errors.WeightsNotPulled, match=r"has no latentsync_unet\.pt"):
        weights.pull(settings, V16, mirror=mirror)

    assert weights.stock(settings, V16).state is State.ABSENT


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = LatentSyncSettings(weights=str(tmp_path / "file"))

    with pytest.raises(errors.WeightsNotPulled, match="cannot be written"):
        weights.pull(settings, V16, mirror=tmp_path)
