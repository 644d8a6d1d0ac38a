"""What a confined process may open for a graphics card: nothing without one, no data with one."""

from __future__ import annotations

from pathlib import Path

from pipeline.confine import USING
from pipeline.cuda_files import cuda_files, kept_kernels, kernels_under


def test_without_a_card_there_is_nothing_to_open(tmp_path: Path) -> None:
    kernels = kernels_under(tmp_path)

    assert cuda_files(kernels, devices=tmp_path / "dev") == {}
    assert not kernels.exists()


def test_with_a_card_its_devices_are_used_and_one_folder_is_filled(tmp_path: Path) -> None:
    devices, kernels = tmp_path / "dev", kernels_under(tmp_path)
    (devices / "nvidia-caps").mkdir(parents=True)
    for name in ("nvidia0", "nvidiactl", "nvidia-uvm", "nvidia-caps/nvidia-cap1", "sda"):
        (devices / name).touch()

    rights = cuda_files(kernels, devices=devices)

    used = {path for path, some in rights.items() if some == USING}
    assert used == {
        str(devices / name)
        for name in ("nvidia0", "nvidiactl", "nvidia-uvm", "nvidia-caps/nvidia-cap1")
    }
    assert {path for path in rights if path.startswith(str(tmp_path))} - used == {str(kernels)}
    assert all(path.startswith(str(kernels)) for path in kept_kernels(kernels).values())


def test_a_compiler_that_lies_apart_may_be_run(tmp_path: Path) -> None:
    devices, compiler = tmp_path / "dev", tmp_path / "tools" / "bin" / "gcc"
    for path in (devices / "nvidia0", compiler):
        path.parent.mkdir(parents=True)
        path.touch(mode=0o755)

    assert str(tmp_path / "tools") in cuda_files(tmp_path / "k", str(compiler), devices)
    assert str(tmp_path / "tools") not in cuda_files(tmp_path / "k", "", devices)
