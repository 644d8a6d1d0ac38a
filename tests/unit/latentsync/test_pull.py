"""Files come from a mirror or the hub, whole and checked, or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.latentsync import pull
from pipeline.latentsync.errors import WeightsPullFailed
from pipeline.latentsync.releases import (
    Part,
    PartState,
    Release,
    is_ready,
    look,
    parts,
    verify,
)

CONTENT = b"weights" * 1000


def part(content: bytes = CONTENT, size_bytes: int | None = None) -> Part:
    return Part(
        name="whisper/tiny.pt",
        repository="owner/repository",
        revision="abc",
        path="tiny.pt",
        size_bytes=len(content) if size_bytes is None else size_bytes,
        sha256=hashlib.sha256(content).hexdigest(),
    )


@pytest.mark.parametrize("name", ["whisper/tiny.pt", "tiny.pt"])
def test_a_mirror_gives_the_files_and_progress_is_told(tmp_path: Path, name: str) -> None:
    mirror, into = tmp_path / "mirror", tmp_path / "into"
    (mirror / name).parent.mkdir(parents=True)
    (mirror / name).write_bytes(CONTENT)
    told: list[tuple[str, int, int]] = []

    pull.pull([part()], into, mirror=mirror, on_progress=lambda *step: told.append(step))

    assert (into / "whisper/tiny.pt").read_bytes() == CONTENT
    assert ("whisper/tiny.pt", len(CONTENT), len(CONTENT)) in told
    assert verify(into, part()) is PartState.OK


def test_a_broken_copy_goes_on_where_it_stopped(tmp_path: Path) -> None:
    mirror, into = tmp_path / "mirror", tmp_path / "into"
    (mirror / "whisper").mkdir(parents=True)
    (mirror / "whisper/tiny.pt").write_bytes(CONTENT)
    (into / "whisper").mkdir(parents=True)
    (into / "whisper/tiny.pt.part").write_bytes(CONTENT[:3000])
    told: list[int] = []

    pull.pull(
        [part()], into, mirror=mirror, on_progress=lambda name, done, _all: told.append(done)
    )

    assert (into / "whisper/tiny.pt").read_bytes() == CONTENT
    assert not list(into.rglob("*.part"))


def test_files_with_a_wrong_checksum_are_removed(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/tiny.pt").write_bytes(b"x" * len(CONTENT))

    with pytest.raises(WeightsPullFailed, match="wrong checksum"):
        pull.pull([part()], tmp_path / "into", mirror=tmp_path / "mirror")

    assert look(tmp_path / "into", part()) is PartState.MISSING


def test_a_mirror_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    with pytest.raises(WeightsPullFailed, match="has no whisper"):
        pull.pull([part()], tmp_path / "into", mirror=tmp_path / "mirror")

    (tmp_path / "mirror/tiny.pt").write_bytes(b"short")
    with pytest.raises(WeightsPullFailed, match="5 bytes"):
        pull.pull([part()], tmp_path / "into", mirror=tmp_path / "mirror")


def test_a_disk_without_room_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    fetched: list[Part] = []

    with pytest.raises(WeightsPullFailed, match="must stay free"):
        pull.pull(
            [part(size_bytes=10**16)],
            tmp_path,
            fetch=lambda wanted, into, tell: fetched.append(wanted),
        )

    assert not fetched


def test_the_hub_is_asked_only_for_what_is_absent(tmp_path: Path) -> None:
    fetched: list[str] = []

    def fetch(wanted: Part, into: Path, tell: pull.OnProgress) -> None:
        fetched.append(wanted.name)
        (into / wanted.name).write_bytes(CONTENT)

    pull.pull([part()], tmp_path, fetch=fetch)
    pull.pull([part()], tmp_path, fetch=fetch)

    assert fetched == ["whisper/tiny.pt"]


def test_a_hub_that_cannot_be_reached_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")

    def fetch(wanted: Part, into: Path, tell: pull.OnProgress) -> None:
        raise WeightsPullFailed("did not come: use a mirror folder")

    with pytest.raises(WeightsPullFailed, match="mirror"):
        pull.pull([part()], tmp_path, fetch=fetch)


@pytest.mark.parametrize("release", list(Release))
def test_every_release_is_pinned(tmp_path: Path, release: Release) -> None:
    names = [item.name for item in parts(release)]

    assert names == [
        "latentsync_unet.pt",
        "whisper/tiny.pt",
        "vae/diffusion_pytorch_model.safetensors",
    ]
    assert all(len(item.revision) == 40 and len(item.sha256) == 64 for item in parts(release))
    assert not is_ready(tmp_path, release)


def test_files_land_under_the_repository_path_that_makes_their_name() -> None:
    unet, whisper, vae = parts(Release.V16)
    into = Path("into")

    for item in (unet, whisper, vae):
        assert pull.folder_for(item, into) / item.path == into / item.name
