"""Where scratch folders lie: in memory where the settings say so, and that is found out truly."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.scratch import is_in_memory
from pipeline.settings import Settings, StoreSettings

MOUNTS = """\
/dev/vda / ext4 rw 0 0
tmpfs /dev/shm tmpfs rw,nosuid 0 0
/dev/vdb /dev/shm/disk ext4 rw 0 0
tmpfs /mnt/a\\040place tmpfs rw 0 0
tmpfs /covered tmpfs rw 0 0
/dev/vdc /covered xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "is_one"),
    [
        ("/dev/shm/bolti/scratch", True),
        ("/dev/shm/disk/bolti", False),
        ("/dev/shmooze", False),
        ("/mnt/a place/bolti", True),
        ("/covered/bolti", False),
        ("/var/lib/bolti", False),
    ],
)
def test_what_lies_in_memory_is_known_by_what_is_mounted(
    tmp_path: Path, folder: str, is_one: bool
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)

    assert is_in_memory(Path(folder), mounts) is is_one


def test_where_nothing_tells_it_is_taken_for_a_disk(tmp_path: Path) -> None:
    assert not is_in_memory(tmp_path, tmp_path / "no-mounts")


def test_one_setting_moves_every_scratch_folder(tmp_path: Path) -> None:
    there = Settings(
        data_dir=tmp_path, store=StoreSettings(scratch_folder=str(tmp_path / "memory"))
    )

    assert there.scratch_dir == tmp_path / "memory"
    assert Settings(data_dir=tmp_path).scratch_dir == tmp_path / "scratch"
